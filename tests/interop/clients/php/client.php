<?php
// 协查服务的 PHP 客户端（ext-soap）。 A client of the enquiry service in PHP: submits an enquiry, or asks how it stands.
//
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... php client.php 1.1 submit XC-1 359901199005100022 0591-5081234
//   HUB_URL=http://127.0.0.1:8080 HUB_NAME=fjfpis HUB_SECRET=... php client.php 1.1 status XC-1

declare(strict_types=1);
ini_set('soap.wsdl_cache_enabled', '0'); // or a contract that changed is not seen for a day

[, $version, $operation, $enquiryNo] = $argv;
$hub = new SoapClient(getenv('HUB_URL') . '/soap/enquiry?wsdl', [
    'soap_version' => $version === '1.2' ? SOAP_1_2 : SOAP_1_1,
    'login' => getenv('HUB_NAME'),           // HTTP Basic
    'password' => getenv('HUB_SECRET'),
    'features' => SOAP_SINGLE_ELEMENT_ARRAYS, // a repeatable element is an array even when there is one
]);
$header = new SoapHeader('urn:pophub:header:1.0', 'Header', ['fromDiv' => '350102001000', 'fromUser' => '350102001L001']);

try {
    if ($operation === 'status') {
        $hub->__setSoapHeaders($header);
        $reply = $hub->QueryEnquiryStatus(['enquiryNo' => $enquiryNo]);
        $enquiries = array_map(fn ($e) => ['hubId' => $e->hubId, 'state' => $e->state], $reply->enquiry ?? []);
        echo json_encode(['enquiries' => $enquiries]), "\n";
        exit;
    }
    [, , , , $idNo, $phone] = $argv;
    $birthDate = substr($idNo, 6, 4) . '-' . substr($idNo, 10, 2) . '-' . substr($idNo, 12, 2);
    // The same MessageID whenever this enquiry is sent again: the hub then gives the first receipt.
    $messageId = new SoapHeader('http://www.w3.org/2005/08/addressing', 'MessageID', "urn:example:$enquiryNo");
    $hub->__setSoapHeaders([$messageId, $header]);
    $receipt = $hub->SubmitEnquiryRequest([
        'enquiryNo' => $enquiryNo, 'enquiryType' => '1', 'origin' => '1', 'urgency' => '3',
        'subject' => [
            'name' => '陈小红', 'certType' => '01', 'idNo' => $idNo, 'sex' => '2', 'birthDate' => $birthDate,
            'hukouDiv' => '350203001001', 'childrenCount' => 1,
        ],
        'statedToDiv' => '350203001001', 'item' => ['01', '02'],
        'applicantDiv' => '350102001000', 'applicantUser' => '350102001L001',
        'contactName' => '林志强', 'contactPhone' => $phone, 'submitTime' => '2026-11-20T09:15:30+08:00',
    ]);
    echo json_encode(['hubId' => $receipt->hubId, 'duplicate' => $receipt->duplicate, 'receipt' => $receipt->receipt]), "\n";
} catch (SoapFault $fault) {
    if (!isset($fault->detail->hubFault)) {
        throw $fault; // not from the hub: the network, or a proxy
    }
    $said = $fault->detail->hubFault;
    echo json_encode(['fault' => ['code' => $said->code, 'path' => $said->path ?? null, 'blame' => $said->blame]]), "\n";
}
