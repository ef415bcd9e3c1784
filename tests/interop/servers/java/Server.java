// 国家平台数据交换接口的 Java 服务端。 The exchange contract served by JAX-WS (Endpoint.publish): java Server 8101
//
// What it answers is in the argument: "fault" a SOAP fault, "slow" after seconds, else its receipt. /broken: half a reply.

import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import javax.jws.WebService;
import javax.xml.namespace.QName;
import javax.xml.soap.SOAPFactory;
import javax.xml.ws.Endpoint;
import javax.xml.ws.soap.SOAPFaultException;
import standin.padis.exchange._1.ExchangePortType;

@WebService(
    endpointInterface = "standin.padis.exchange._1.ExchangePortType", serviceName = "ExchangeService", portName = "ExchangePort",
    targetNamespace = "urn:standin:padis:exchange:1.0")
public final class Server implements ExchangePortType {
    @Override
    public String exchange(String xml) {
        try {
            if (xml.equals("fault")) {
                QName code = new QName("http://schemas.xmlsoap.org/soap/envelope/", "Server.Busy", "S");
                throw new SOAPFaultException(SOAPFactory.newInstance().createFault("平台忙", code));
            }
            if (xml.equals("slow")) {
                Thread.sleep(4000);
            }
        } catch (InterruptedException | javax.xml.soap.SOAPException unexpected) {
            throw new IllegalStateException(unexpected);
        }
        return "回执 " + xml;
    }

    public static void main(String[] args) throws Exception {
        HttpServer http = HttpServer.create(new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0])), 100);
        http.setExecutor(Executors.newCachedThreadPool());
        Endpoint.create(new Server()).publish(http.createContext("/services/exchange"));
        http.createContext("/broken", call -> {
            byte[] half = "<S:Envelope xmlns:S=\"http://schemas.xmlsoap.org/soap/envelope/\"><S:Body>".getBytes(StandardCharsets.UTF_8);
            call.getRequestBody().readAllBytes();
            call.getResponseHeaders().set("Content-Type", "text/xml; charset=utf-8");
            call.sendResponseHeaders(200, half.length);
            call.getResponseBody().write(half);
            call.close();
        });
        http.start();
    }
}
