"""Words of a login, in the wordings of many programs and of none."""

from hypothesis import given
from hypothesis import strategies as st

from soc_agent.decode.loginwords import is_login_page, outcome, unaccented

_REFUSED = """
login failed for user an from 203.0.113.9
Failed login attempt for an
FAILED LOGIN cpaneld: user password incorrect
Login attempt from 203.0.113.9 for user "an", realm main, was denied
[W] Failed authentication attempt for an from 203.0.113.9:0: user does not exist
Username or password is incorrect. Try again.
Authentication request for "an" has been denied
Login attempt or request with invalid authentication from may7.example.vn
msg="Unsuccessful 1FA authentication attempt by user 'an'" error="user not found"
type="LOGIN_ERROR", realmName="tinh", error="user_not_found"
action=login result=fail user=an
event=login success=false
AuthenticationFailureBadCredentialsEvent: an
could not authenticate user
unable to log in: bad credentials
access denied for user 'an'
User [an] from [203.0.113.9] failed to sign in to [DSM] via [password] due to authorization failure.
invalid OTP code for user an
2FA verification failed
wrong two-factor code
account locked: user=an
unknown user an
Can't find user [an@pbx.example.vn]
User: an Authentication with wrong Pw!!!
Auth-Failure ip 203.0.113.9
AUTH-ERROR: 203.0.113.9
Invalid API key
sign-in rejected
Password for user an does not match
Failed c2s PLAIN authentication for an@example.vn: Invalid username or password
validating user credentials failed
Đăng nhập thất bại: tài khoản an
Đăng nhập không thành công
Người dùng an nhập sai mật khẩu lần 3
SAI TÊN ĐĂNG NHẬP HOẶC MẬT KHẨU
nguoi dung an nhap sai mat khau
mã OTP không đúng
tài khoản an không tồn tại
xác thực thất bại
"""
_ACCEPTED = """
login succeeded for user an
User an logged in from 203.0.113.9
User "an" successfully authenticated
Successful Login: username=an
Login successful for db:tinh login:an
signed in to [DSM] successfully
Action: Login OK
Accepted password for an
login ok, failed logins before: 3
đăng nhập thành công
"""
_NEITHER = """
backup failed for share an
login not failed
no failed login since yesterday
failed_logins=0 user=an
authentication_failed=false
login_failed_total=3
session expired, user must log in again
password reset mail sent because of an invalid password
lock account after 5 failed login attempts
article "Why is my login failed?" viewed
Why did the login fail? Ask the help desk
2FA token not provided
GET /login?error=invalid_credentials HTTP/1.1
see https://example.vn/help/login-failed for more
connection refused by 10.0.0.8
status=bounced (host mx.example.net said: 550 5.1.1 user not found (in reply to RCPT TO command))
vn.example.portal.LoginService - cache is cold
component=auth msg="token refreshed"
Tests run: 3, login failed test passed
đổi mật khẩu thành công
"""


def _lines(text: str) -> list[str]:
    return text.strip().splitlines()


def test_refused_logins_are_known_by_their_words() -> None:
    assert [line for line in _lines(_REFUSED) if outcome(line) != "failure"] == []


def test_accepted_logins_are_known_by_their_words() -> None:
    assert [line for line in _lines(_ACCEPTED) if outcome(line) != "success"] == []


def test_other_lines_with_such_words_are_none() -> None:
    assert [line for line in _lines(_NEITHER) if outcome(line)] == []


def test_a_page_is_one_of_a_login_by_a_part_of_its_path() -> None:
    assert all(is_login_page(path) for path in ("/login", "/api/v1/auth/token?x=1", "/dang-nhap", "/user/sign_in"))
    assert not any(is_login_page(path) for path in ("/", "/authors", "/catalogue/blogs"))


def test_marks_are_taken_off_letter_for_letter() -> None:
    assert unaccented("Đăng nhập") == "Dang nhap"


@given(st.text(max_size=300))
def test_it_never_raises(text: str) -> None:
    assert outcome(text) in ("", "failure", "success")
    assert len(unaccented(text)) <= len(text)
