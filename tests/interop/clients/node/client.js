// 协查服务的 Node 客户端（npm soap）。 A client of the enquiry service in Node: submits an enquiry, or asks how it stands.
//
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... node client.js 1.1 submit XC-1 359901199005100022 0591-5081234
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... node client.js 1.1 status XC-1

'use strict';
const soap = require('soap');

const { HUB_URL, HUB_NAME, HUB_SECRET } = process.env;
const [version, operation, enquiryNo, idNo, phone] = process.argv.slice(2);

function enquiry() {
  const birthDate = [idNo.slice(6, 10), idNo.slice(10, 12), idNo.slice(12, 14)].join('-');
  return {
    enquiryNo, enquiryType: '1', origin: '1', urgency: '3',
    subject: {
      name: '陈小红', certType: '01', idNo, sex: '2', birthDate, hukouDiv: '350203001001', childrenCount: 1,
    },
    statedToDiv: '350203001001', item: ['01', '02'],
    applicantDiv: '350102001000', applicantUser: '350102001L001',
    contactName: '林志强', contactPhone: phone, submitTime: '2026-11-20T09:15:30+08:00',
  };
}

async function main() {
  const hub = await soap.createClientAsync(`${HUB_URL}/soap/enquiry?wsdl`, { forceSoap12Headers: version === '1.2' });
  // WS-Security UsernameToken: PasswordText, with the Nonce and Created that the hub asks for.
  hub.setSecurity(new soap.WSSecurity(HUB_NAME, HUB_SECRET, { passwordType: 'PasswordText', hasNonce: true, hasTimeStamp: false }));
  hub.addSoapHeader(
    { 'h:Header': { 'h:fromDiv': '350102001000', 'h:fromUser': '350102001L001' } }, '', 'h', 'urn:pophub:header:1.0');

  if (operation === 'status') {
    const [reply] = await hub.QueryEnquiryStatusAsync({ enquiryNo });
    return { enquiries: (reply.enquiry || []).map(({ hubId, state }) => ({ hubId, state })) };
  }
  // The same MessageID whenever this enquiry is sent again: the hub then gives the first receipt.
  hub.addSoapHeader({ 'wsa:MessageID': `urn:example:${enquiryNo}` }, '', 'wsa', 'http://www.w3.org/2005/08/addressing');
  const [{ hubId, duplicate, receipt }] = await hub.SubmitEnquiryRequestAsync(enquiry());
  return { hubId, duplicate, receipt };
}

main()
  .catch((error) => {
    const fault = error.root && error.root.Envelope.Body.Fault;
    const said = fault && (fault.detail || fault.Detail || {}).hubFault; // SOAP 1.1, SOAP 1.2
    if (!said) throw error; // not from the hub: the network, or a proxy
    return { fault: { code: said.code, path: said.path, blame: said.blame } };
  })
  .then((told) => console.log(JSON.stringify(told)));
