"""What every gateway speaks: paths, states of a task, codes, and the names of fields.

doc: the two gateways' pages; wire: 1,671 recorded exchanges of kie, in which the names and the
states below were the only ones. Where both differ, the comment says so.
"""

from enum import IntEnum

CREATE_PATH = "/api/v1/jobs/createTask"
DETAILS_PATH = "/api/v1/jobs/recordInfo"
CREDITS_PATH = "/api/v1/chat/credit"
LINK_PATH = "/api/v1/common/download-url"

# The states of a task. wire: queuing was never seen, and a task shows one running state.
WAITING, QUEUING, GENERATING = "waiting", "queuing", "generating"
SUCCEEDED, FAILED = "success", "fail"
RUNNING_STATES = (WAITING, QUEUING, GENERATING)
STATES = (*RUNNING_STATES, SUCCEEDED, FAILED)


class Code(IntEnum):
    """The verdict of an answer: as an HTTP status, or as `code` in a body under HTTP 200."""

    OK = 200
    BAD_REQUEST = 400
    UNAUTHORIZED = 401
    NO_CREDITS = 402
    FORBIDDEN = 403
    NOT_FOUND = 404
    TIMED_OUT = 408
    TOO_LARGE = 413
    INVALID = 422  # and, live, a task that is not known
    RATE_LIMITED = 429
    QUOTA_USED_UP = 433  # a sub-key's own limit; documented since April 2026
    MAINTENANCE = 455
    CLIENT_GONE = 499  # a proxy's word for a request that was given up
    SERVER_ERROR = 500  # live also for bad parameters
    GENERATION_FAILED = 501
    DISABLED = 505


# The envelope of every answer.
CODE, MESSAGE, DATA = "code", "msg", "data"
MESSAGE_IN_EXAMPLES = "message"  # doc: the prose examples of Get Task Details; never on the wire

# The body of a create.
MODEL, INPUT, CALLBACK_URL = "model", "input", "callBackUrl"

# A task, in a create's answer, in a record and in a callback.
TASK_ID = "taskId"
TASK_ID_IN_SAMPLES = "task_id"  # doc: the sample code for webhooks
RECORD_ID = "recordId"  # wire: beside taskId in every answer to a create, and equal to it
STATE, PARAM, PROGRESS, CREDITS = "state", "param", "progress", "creditsConsumed"
RESULT_JSON, RESULT_URLS, RESULT_PARSED = "resultJson", "resultUrls", "response"
URL = "url"
FAIL_CODE, FAIL_MESSAGE = "failCode", "failMsg"
COST_TIME, CREATE_TIME, COMPLETE_TIME, UPDATE_TIME = (
    "costTime",
    "createTime",
    "completeTime",
    "updateTime",
)

# The headers of a signed callback (doc: kie).
TIMESTAMP_HEADER, SIGNATURE_HEADER = "X-Webhook-Timestamp", "X-Webhook-Signature"
