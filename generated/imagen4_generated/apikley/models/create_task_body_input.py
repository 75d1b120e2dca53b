from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.create_task_body_input_aspect_ratio import (
    CreateTaskBodyInputAspectRatio,
    check_create_task_body_input_aspect_ratio,
)
from ..models.create_task_body_input_num_images import (
    CreateTaskBodyInputNumImages,
    check_create_task_body_input_num_images,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="CreateTaskBodyInput")


@_attrs_define
class CreateTaskBodyInput:
    """Input parameters for the generation task"""

    prompt: str
    """ The text prompt describing what you want to see (Max length: 5000 characters) """
    negative_prompt: str | Unset = UNSET
    """ A description of what to discourage in the generated images (Max length: 5000 characters) """
    aspect_ratio: CreateTaskBodyInputAspectRatio | Unset = "1:1"
    """ The aspect ratio of the generated image """
    num_images: CreateTaskBodyInputNumImages | Unset = "1"
    """ How many pictures this one task makes. """
    seed: str | Unset = UNSET
    """ Random seed for reproducible generation (Max length: 500 characters) """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        prompt = self.prompt

        negative_prompt = self.negative_prompt

        aspect_ratio: str | Unset = UNSET
        if not isinstance(self.aspect_ratio, Unset):
            aspect_ratio = self.aspect_ratio

        num_images: str | Unset = UNSET
        if not isinstance(self.num_images, Unset):
            num_images = self.num_images

        seed = self.seed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "prompt": prompt,
            }
        )
        if negative_prompt is not UNSET:
            field_dict["negative_prompt"] = negative_prompt
        if aspect_ratio is not UNSET:
            field_dict["aspect_ratio"] = aspect_ratio
        if num_images is not UNSET:
            field_dict["num_images"] = num_images
        if seed is not UNSET:
            field_dict["seed"] = seed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        prompt = d.pop("prompt")

        negative_prompt = d.pop("negative_prompt", UNSET)

        _aspect_ratio = d.pop("aspect_ratio", UNSET)
        aspect_ratio: CreateTaskBodyInputAspectRatio | Unset
        if isinstance(_aspect_ratio, Unset):
            aspect_ratio = UNSET
        else:
            aspect_ratio = check_create_task_body_input_aspect_ratio(_aspect_ratio)

        _num_images = d.pop("num_images", UNSET)
        num_images: CreateTaskBodyInputNumImages | Unset
        if isinstance(_num_images, Unset):
            num_images = UNSET
        else:
            num_images = check_create_task_body_input_num_images(_num_images)

        seed = d.pop("seed", UNSET)

        create_task_body_input = cls(
            prompt=prompt,
            negative_prompt=negative_prompt,
            aspect_ratio=aspect_ratio,
            num_images=num_images,
            seed=seed,
        )

        create_task_body_input.additional_properties = d
        return create_task_body_input

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
