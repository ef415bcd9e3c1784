<?php
// 国家平台数据交换接口的 PHP 服务端。 The exchange contract served by PHP's SoapServer: php -S 127.0.0.1:8101 server.php
//
// What it answers is in the argument: "fault" a SOAP fault, "slow" after seconds, else its receipt. /broken: half a reply.

declare(strict_types=1);
ini_set('soap.wsdl_cache_enabled', '0');

if ($_SERVER['REQUEST_URI'] === '/broken') {
    header('Content-Type: text/xml; charset=utf-8');
    exit('<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Body>');
}

final class Exchange
{
    public function exchange(stdClass $request): array
    {
        if ($request->xml === 'fault') {
            throw new SoapFault('Server.Busy', '平台忙');
        }
        if ($request->xml === 'slow') {
            sleep(4);
        }
        return ['return' => "回执 $request->xml"];
    }
}

$server = new SoapServer(getenv('CONTRACT'));
$server->setClass(Exchange::class);
$server->handle();
