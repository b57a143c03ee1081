"""A mail server on the loopback that keeps every message it is given as a file: for tests, on Debian's python3-aiosmtpd.

sink.py FOLDER    prints "listening PORT" once it is ready, writes FOLDER/NNNN.eml for each message, ends when its standard input ends.
The first lines of a file are what the envelope said: X-MailFrom, then an X-RcptTo for each recipient.
"""
import asyncio
import os
import sys
from aiosmtpd.smtp import SMTP


class Keep:
    def __init__(self, folder):
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server, session, envelope):
        self.count += 1
        name = os.path.join(self.folder, f"{self.count:04}.eml")
        with open(name + ".part", "wb") as file:
            file.write(f"X-MailFrom: {envelope.mail_from}\r\n".encode())
            for recipient in envelope.rcpt_tos:
                file.write(f"X-RcptTo: {recipient}\r\n".encode())
            file.write(envelope.original_content)
        os.rename(name + ".part", name)  # seen whole or not at all
        return "250 kept"


async def serve(folder):
    loop = asyncio.get_running_loop()
    keep = Keep(folder)
    server = await loop.create_server(lambda: SMTP(keep, enable_SMTPUTF8=True), "127.0.0.1", 0)
    print("listening", server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(serve(sys.argv[1]))
