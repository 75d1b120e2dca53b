from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.create_task_body_input import CreateTaskBodyInput


T = TypeVar("T", bound="CreateTaskBody")


@_attrs_define
class CreateTaskBody:
    model: str
    """ The model to use, by the name that the gateway gives it. """
    call_back_url: str | Unset = UNSET
    """ The URL to receive generation task completion updates. Optional but recommended for production use.

    - System will POST task status and results to this URL when generation completes
    - Callback includes generated content URLs and task information
    - Your callback endpoint should accept POST requests with JSON payload containing results
    - Alternatively, use the Get Task Details endpoint to poll task status """
    input_: CreateTaskBodyInput | Unset = UNSET
    """ The model's own fields. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        model = self.model

        call_back_url = self.call_back_url

        input_: dict[str, Any] | Unset = UNSET
        if not isinstance(self.input_, Unset):
            input_ = self.input_.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "model": model,
            }
        )
        if call_back_url is not UNSET:
            field_dict["callBackUrl"] = call_back_url
        if input_ is not UNSET:
            field_dict["input"] = input_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.create_task_body_input import CreateTaskBodyInput  # noqa: PLC0415

        d = dict(src_dict)
        model = d.pop("model")

        call_back_url = d.pop("callBackUrl", UNSET)

        _input_ = d.pop("input", UNSET)
        input_: CreateTaskBodyInput | Unset
        if isinstance(_input_, Unset):
            input_ = UNSET
        else:
            input_ = CreateTaskBodyInput.from_dict(_input_)

        create_task_body = cls(
            model=model,
            call_back_url=call_back_url,
            input_=input_,
        )

        create_task_body.additional_properties = d
        return create_task_body

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
