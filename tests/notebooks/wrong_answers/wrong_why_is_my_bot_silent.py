"""Wrong answers to the exercises about silent bots, as people really give them.

exercise number → {source of the whole cell: words of what is said to it}
"""

BEGIN = "from lessons.exercises.why_is_my_bot_silent import exercise_3\n"
NEARLY = """
from lessons.exercises.why_is_my_bot_silent import exercise_2

def allowed(headers, secret):
    for name, value in headers.items():
        if name.lower() == "x-telegram-bot-api-secret-token":
            return value == secret
    return False

exercise_2(allowed)
"""

WRONG = {
    2: {
        NEARLY: "== takes longer for better guesses",
    },
    3: {
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    deploy(telegram.new_token(account))

exercise_3(rescue)
""": "a new token begins without a webhook",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    url = deploy(account.token)
    telegram.new_token(account)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "was deployed with the old token",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    url = deploy(telegram.new_token(account))
    telegram.call(account, "setWebhook", url=url)

exercise_3(rescue)
""": "without secret_token=secret",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "with a token of another bot",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    deploy(telegram.new_token(account))
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "an address that is not this function's",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    setWebhook(url, secret)

exercise_3(rescue)
""": "setWebhook is a method of Telegram's",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call("setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "wants the account first",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy()
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "deploy wants the new token",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "with its brackets, gives it",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)
    url = deploy(token)

exercise_3(rescue)
""": "The order is: new_token, deploy, setWebhook",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token).url
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "deploy gives the address itself",
        BEGIN
        + """
def rescue(telegram, account, deploy):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=secret)

exercise_3(rescue)
""": "four things are handed over",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token="secret")

exercise_3(rescue)
""": "or with another secret",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    url = deploy(token)
    telegram.call(account, "setWebhook", url=url, secret_token=token)

exercise_3(rescue)
""": "setWebhook got the token as its secret",
        BEGIN
        + """
def rescue(telegram, account, deploy, secret):
    token = telegram.new_token(account)
    telegram.call(account, "setWebhook", url=deploy, secret_token=secret)

exercise_3(rescue)
""": "setWebhook got the function deploy itself",
    },
}
