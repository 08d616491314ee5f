"""The tools of the tests: what asynchronous work leaves open is closed with it."""

from __future__ import annotations

from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import bind_sockets
from tornado.tcpclient import TCPClient
from tornado.web import Application

from tests.headless import run_apart


def test_connections_end_with_the_work_that_opened_them() -> None:
    async def leaves_open() -> list[IOStream]:
        server = HTTPServer(Application([]))
        sockets = bind_sockets(0, "127.0.0.1")
        server.add_sockets(sockets)
        port = sockets[0].getsockname()[1]
        await AsyncHTTPClient(force_instance=True).fetch(
            f"http://127.0.0.1:{port}/", raise_error=False
        )
        stream = await TCPClient().connect("127.0.0.1", port)
        stream.read_until_close()
        await stream.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        server.stop()
        return [stream, *(one.stream for one in server._connections)]

    streams = run_apart(leaves_open())
    assert len(streams) > 1
    assert all(stream.closed() for stream in streams)
