"""Errors of requests to S3: what a code means, and what the operator must provide."""

from __future__ import annotations

import re
from dataclasses import dataclass

ABSENT = frozenset({"404", "NoSuchKey", "NoSuchVersion"})
UNMET = frozenset({"412", "PreconditionFailed"})
"""Codes of a condition that does not hold. A request that is repeated meets its own first attempt."""

PERMISSIONS = {
    "copy_object": "s3:GetObject and s3:PutObject",
    "delete_objects": "s3:DeleteObject",
    "get_object": "s3:GetObject and s3:ListBucket",
    "head_object": "s3:GetObject and s3:ListBucket",
    "list_objects_v2": "s3:ListBucket",
    "put_object": "s3:PutObject",
}
"""What each method needs. Without s3:ListBucket, S3 says of an object that does not exist that it is forbidden."""

_KEYS = "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE"
_PERMITTED = "permission for {permissions} on {bucket}"
_REGION = "the region of {bucket} in AWS_DEFAULT_REGION"
REMEDIES = {
    "301": _REGION,
    "403": _PERMITTED,
    "AccessDenied": _PERMITTED,
    "AllAccessDisabled": _PERMITTED,
    "AuthorizationHeaderMalformed": _REGION,
    "ExpiredToken": "credentials that have not expired",
    "Forbidden": _PERMITTED,
    "IllegalLocationConstraintException": _REGION,
    "InvalidAccessKeyId": f"credentials that the store knows: {_KEYS}",
    "InvalidBucketName": "the name of a bucket",
    "InvalidToken": "an AWS_SESSION_TOKEN that belongs to the credentials",
    "NoCredentialsError": f"credentials: {_KEYS}",
    "NoSuchBucket": "a bucket that exists",
    "NotImplemented": "a store that implements S3 with conditional puts",
    "PartialCredentialsError": f"complete credentials: {_KEYS}",
    "ParamValidationError": "the name of a bucket",
    "PermanentRedirect": _REGION,
    "ProfileNotFound": "a profile that exists in AWS_PROFILE",
    "RequestTimeTooSkewed": "a machine whose clock is right",
    "SignatureDoesNotMatch": f"credentials that belong together: {_KEYS}",
    "TokenRefreshRequired": "credentials that have not expired",
    "UnauthorizedSSOTokenError": "credentials that have not expired: aws sso login",
}
"""What the operator must provide, by the code of a refusal. With any other code the same request may succeed later."""

USER = re.compile(r"//[^/@\s]*@")
"""User and password in an address, which no message shows."""


@dataclass(eq=False)
class RequestFailed(Exception):
    """A request without the answer that was wanted. `code` is that of the store, or names the failure of the connection.

    `remedy` says what the operator must provide; it is empty where the same request may succeed later.
    """

    code: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.code}: {self.text}"

    @property
    def is_unmet(self) -> bool:
        """Whether the condition of a put does not hold."""
        return self.code in UNMET


def failure(method: str, bucket: str, code: str, text: str) -> RequestFailed:
    """Return the error for an answer that states one."""
    remedy = REMEDIES.get(code, "").format(permissions=PERMISSIONS.get(method, method), bucket=bucket)
    return RequestFailed(code, USER.sub("//", text)[:300], remedy)
