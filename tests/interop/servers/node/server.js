// 国家平台数据交换接口的 Node 服务端。 The exchange contract served by npm's soap: node server.js 8101
//
// What it answers is in the argument: "fault" a SOAP fault, "slow" after seconds, else its receipt. /broken: half a reply.

'use strict';
const fs = require('fs');
const http = require('http');
const soap = require('soap');

function exchange({ xml }, callback) {
  if (xml === 'fault') {
    throw { Fault: { faultcode: 'soap:Server.Busy', faultstring: '平台忙', statusCode: 500 } };
  }
  setTimeout(() => callback({ return: `回执 ${xml}` }), xml === 'slow' ? 4000 : 0);
}

const server = http.createServer((request, response) => {
  response.setHeader('Content-Type', 'text/xml; charset=utf-8');
  response.end('<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>');
});
server.listen(Number(process.argv[2]), '127.0.0.1', () => {
  const service = { ExchangeService: { ExchangePort: { exchange } } };
  soap.listen(server, '/services/exchange', service, fs.readFileSync(process.env.CONTRACT, 'utf8'));
});
