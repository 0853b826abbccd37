"""What can be done, in the house's words. Roles are sets of these; doors and actions ask for one."""

from enum import StrEnum


class Permission(StrEnum):
    """`<what>:<how>`; a person may do something when one of their roles holds its permission."""

    DESK_USE = "desk:use"
    CASE_READ = "case:read"
    CASE_WRITE = "case:write"
    CALL_READ = "call:read"
    RECORDING_HEAR = "recording:hear"
    LINE_READ = "line:read"
    PLAN_READ = "plan:read"
    PLAN_WRITE = "plan:write"
    RELEASE_WRITE = "release:write"
    PHONE_WRITE = "phone:write"
    STATUS_READ = "status:read"
    USER_READ = "user:read"
    USER_WRITE = "user:write"
    AREA_WRITE = "area:write"
    TOKEN_WRITE = "token:write"  # noqa: S105 - a name, no secret
    AUDIT_READ = "audit:read"
    SETTING_WRITE = "setting:write"
    NUMBER_READ = "number:read"
    NUMBER_WRITE = "number:write"
    ALTA_READ = "alta:read"
    ALTA_WRITE = "alta:write"
    PROMPT_WRITE = "prompt:write"
    PROMPT_APPROVE = "prompt:approve"
    TEST_RUN = "test:run"
    LINE_RELEASE = "line:release"
    PROVIDER_READ = "provider:read"
    PROVIDER_WRITE = "provider:write"
    TRAINING_WRITE = "training:write"
    ABSENCE_WRITE = "absence:write"
    MAIL_READ = "mail:read"
    MAIL_WRITE = "mail:write"
