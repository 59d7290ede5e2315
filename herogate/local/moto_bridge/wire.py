"""Requests and answers in AWS's protocols, by botocore's service models.

Moto's protocol code parses requests and serialises answers; botocore's own serialises requests and
parses answers (for calls made within this cloud), and both directions of CBOR, which moto does not
speak: those services are spoken to moto in JSON.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import urlencode

from herogate.local.moto_bridge import settings  # noqa: F401  (before moto)

# isort: split
import botocore.parsers
import botocore.serialize
from moto.core.model import OperationModel
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.serialize import SerializationContext, get_serializer_class
from moto.core.utils import get_service_model
from werkzeug.exceptions import NotFound

from herogate.local.errors import AwsError
from herogate.local.moto_bridge.calls import HttpRequest
from herogate.local.operations import Reply

CBOR = "smithy-rpc-v2-cbor"


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A request understood: which operation, with which parameters, in which protocol.

    `request` is what moto would be given for it.
    """

    service: str
    operation: str
    protocol: str
    parameters: Mapping[str, Any]
    request: HttpRequest


def read(service: str, request: HttpRequest) -> Incoming:
    """Understand a request to `service`.

    Raises:
        AwsError: no such operation, or a body that is not of the operation's form.
    """
    if _header(request, "smithy-protocol") == "rpc-v2-cbor":
        return _read_cbor(service, request)
    model = get_service_model(service)
    parsed = Request.from_primitives(
        request.method, f"http://localhost{request.target}", request.headers, request.body
    )
    parsed.environ["RAW_URI"] = request.target
    try:
        protocol = determine_request_protocol(model, parsed.content_type)
        operation, labels = get_service_router(service).match(parsed)
    except (NotFound, NotImplementedError) as error:
        raise _unknown_operation(service, parsed) from error
    try:
        parameters = PROTOCOL_PARSERS[protocol](operation).parse(
            {
                "method": parsed.method,
                "values": parsed.values,
                "headers": parsed.headers,
                "body": parsed.data,
                "url_path": parsed.path,
                "url_params": labels,
            }
        )
    except Exception as error:  # whatever a malformed body makes the parser raise
        raise AwsError("SerializationException", f"The request cannot be read: {error}") from error
    return Incoming(
        service=service,
        operation=operation.name,
        protocol=protocol,
        parameters=parameters or {},
        request=request,
    )


def write(incoming: Incoming, result: Mapping[str, Any], request_id: str) -> Reply:
    """The answer of an operation in the protocol it was asked in."""
    operation = _operation(incoming.service, incoming.operation)
    if incoming.protocol == CBOR:
        body = bytearray()
        if operation.output_shape is not None:
            _cbor_serializer()._serialize_data_item(body, result, operation.output_shape)
        return _cbor_reply(200, bytes(body), result=result)
    serializer = get_serializer_class(incoming.service, incoming.protocol)(
        operation, context=SerializationContext(request_id)
    )
    written = serializer.serialize(result)
    return Reply(
        status=written["status_code"],
        headers={**written["headers"], "x-amzn-RequestId": request_id},
        body=_bytes(written["body"]),
        result=result,
    )


def write_error(
    service: str, operation: str | None, protocol: str | None, error: AwsError, request_id: str
) -> Reply:
    """A refusal in the protocol of the request; the service's own when even that is unknown."""
    model = get_service_model(service)
    refusal = (error.code, error.message)
    if protocol == CBOR:
        body = bytearray()
        _write_cbor_error(body, error)
        return _cbor_reply(error.status, bytes(body), error=refusal)
    operation_model = _operation(service, operation) if operation else OperationModel({}, model)
    protocol = protocol or spoken(service)
    written = get_serializer_class(service, protocol)(
        operation_model, context=SerializationContext(request_id)
    ).serialize(error)
    status = written["status_code"] if error.status == 400 else error.status
    return Reply(
        status=status,
        headers={**written["headers"], "x-amzn-RequestId": request_id},
        body=_bytes(written["body"]),
        error=refusal,
    )


def encode(service: str, operation: str, parameters: Mapping[str, Any]) -> HttpRequest:
    """A request for an operation, as a client would send it."""
    model = get_service_model(service)
    serializer = botocore.serialize.create_serializer(spoken(service), include_validation=False)
    sent = serializer.serialize_to_request(dict(parameters), model.operation_model(operation))
    query = urlencode(sent["query_string"]) if sent["query_string"] else ""
    body, headers = sent["body"], dict(sent["headers"])
    if isinstance(body, Mapping):
        body = urlencode(body).encode()
        headers.setdefault("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
    target = sent["url_path"] + (f"?{query}" if query else "")
    return HttpRequest(method=sent["method"], target=target, headers=headers, body=_bytes(body))


def decode(
    service: str, operation: str, status: int, headers: Mapping[str, str], body: bytes
) -> tuple[dict[str, Any], tuple[str, str] | None]:
    """What an answer of a service says: its result, and its error (code, message) if it is one.

    A streamed member (the content of an S3 object) is a stream of bytes, as botocore gives it.
    """
    called = get_service_model(service).operation_model(operation)
    parser = botocore.parsers.create_parser(spoken(service))
    folded = {name.lower(): value for name, value in headers.items()}
    content = BytesIO(body) if status < 300 and called.has_streaming_output else body
    response = {"status_code": status, "headers": folded, "body": content, "context": {}}
    parsed: dict[str, Any] = parser.parse(response, called.output_shape)
    parsed.pop("ResponseMetadata", None)
    if status < 300:
        return parsed, None
    error = parsed.get("Error", {})
    return {}, (str(error.get("Code", status)), str(error.get("Message", "")))


def _read_cbor(service: str, request: HttpRequest) -> Incoming:
    _, _, operation = request.target.partition("?")[0].rpartition("/operation/")
    if operation not in get_service_model(service).operation_names:
        raise AwsError("UnknownOperationException", f"{service} has no operation {operation}.")
    stream = _cbor_parser().get_peekable_stream_from_bytes(request.body)
    try:
        parameters = _cbor_parser().parse_data_item(stream) if request.body else {}
    except botocore.parsers.ResponseParserError as error:
        raise AwsError("SerializationException", f"The request cannot be read: {error}") from error
    return Incoming(
        service=service,
        operation=operation,
        protocol=CBOR,
        parameters=parameters,
        request=encode(service, operation, parameters),
    )


def _cbor_reply(status: int, body: bytes, **outcome: Any) -> Reply:
    headers = {"smithy-protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}
    return Reply(status=status, headers=headers, body=body, **outcome)


def _write_cbor_error(body: bytearray, error: AwsError) -> None:
    serializer = _cbor_serializer()
    body.extend(serializer._get_initial_byte(serializer.MAP_MAJOR_TYPE, 2))
    for text in ("__type", error.code, "message", error.message):
        serializer._serialize_type_string(body, text, None, None)


def _unknown_operation(service: str, request: Request) -> AwsError:
    named = request.values.get("Action") or request.headers.get("X-Amz-Target", "").split(".")[-1]
    code = "InvalidAction" if request.values.get("Action") else "UnknownOperationException"
    return AwsError(code, f"{service} has no operation {named or request.path}.")


@cache
def _cbor_serializer() -> Any:
    return botocore.serialize.create_serializer(CBOR, include_validation=False)


@cache
def _cbor_parser() -> Any:
    return botocore.parsers.create_parser(CBOR)


def _operation(service: str, operation: str) -> OperationModel:
    return get_service_model(service).operation_model(operation)


def spoken(service: str) -> str:
    """The protocol in which this process and moto talk about a service."""
    model = get_service_model(service)
    protocols = model.metadata.get("protocols", [model.protocol])
    return str(next(protocol for protocol in protocols if protocol != CBOR))


def _header(request: HttpRequest, name: str) -> str | None:
    return next((value for key, value in request.headers.items() if key.lower() == name), None)


def _bytes(body: Any) -> bytes:
    if isinstance(body, str):
        return body.encode()
    return bytes(body) if isinstance(body, bytes | bytearray) else json.dumps(body).encode()
