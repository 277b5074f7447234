"""Send a letter, as a bot does."""

import smtplib
from email.message import EmailMessage


def send(mail, to, subject, text="hello"):
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = "bot@example.org", to, subject
    letter.set_content(text)
    with smtplib.SMTP(mail.host, mail.port, local_hostname="localhost", timeout=60) as server:
        server.send_message(letter)
