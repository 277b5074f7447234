"""The bot as a web application, for homes like PythonAnywhere. They call wsgi.application."""

import telegram_function

from botlib.wsgi import wsgi_app

application = wsgi_app(telegram_function.handler)
