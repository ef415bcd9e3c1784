"""国家平台数据交换接口的 spyne 服务端。 The exchange contract served by spyne with its own types.

python server.py 8101

What it answers is in the argument: "fault" a SOAP fault, "slow" after seconds, else its receipt. /broken: half a reply.
"""

import sys
import time
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from hub.transports import spyne_shim  # noqa: F401 - before anything of spyne: it does not import on Python 3.12 without

from spyne import Application, Fault, ServiceBase, Unicode, rpc  # isort: skip
from spyne.protocol.soap import Soap11  # isort: skip
from spyne.server.wsgi import WsgiApplication  # isort: skip

NAMESPACE = "urn:standin:padis:exchange:1.0"
HALF = b'<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'


class Exchange(ServiceBase):
    """One operation: text in, text out."""

    @rpc(Unicode, _in_variable_names={"text": "xml"}, _returns=Unicode, _out_variable_name="return", _operation_name="exchange")
    def exchange(self, text):
        """Answer as the text says."""
        if text == "fault":
            raise Fault("Server.Busy", "平台忙")
        if text == "slow":
            time.sleep(4)
        return f"回执 {text}"


served = WsgiApplication(Application([Exchange], NAMESPACE, in_protocol=Soap11(), out_protocol=Soap11()))


def application(environ, start_response):
    """Spyne's, except at /broken."""
    if environ["PATH_INFO"] == "/broken":
        start_response("200 OK", [("Content-Type", "text/xml; charset=utf-8"), ("Content-Length", str(len(HALF)))])
        return [HALF]
    return served(environ, start_response)


class Threads(ThreadingMixIn, WSGIServer):
    """A slow answer holds nobody else."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log_message(self, *_):
        """Nothing."""


make_server("127.0.0.1", int(sys.argv[1]), application, Threads, Quiet).serve_forever()
