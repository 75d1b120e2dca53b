from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.google_imagen_4_body_input_aspect_ratio import (
    GoogleImagen4BodyInputAspectRatio,
    check_google_imagen_4_body_input_aspect_ratio,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="GoogleImagen4BodyInput")


@_attrs_define
class GoogleImagen4BodyInput:
    """Input parameters for the generation task

    Attributes:
        prompt (str): The text prompt describing what you want to see (Max length: 5000 characters) Example: A lively
            comic scene where two colleagues are in an office. The first person says, 'Have you heard about Google Imagen 4
            Ultra?' The second person responds with excitement, 'It’s the best text-to-image tool out there!' The first
            person asks again, 'Do you know where to get the API?' The second person smiles and says, 'Kie.ai has it!' In
            the final panel, the two look at a screen showing Kie.ai’s interface with an API option, with bright and
            colorful comic-style illustrations..
        negative_prompt (str | Unset): A description of what to discourage in the generated images (Max length: 5000
            characters)
        aspect_ratio (GoogleImagen4BodyInputAspectRatio | Unset): The aspect ratio of the generated image Default:
            '1:1'. Example: 1:1.
        seed (str | Unset): Random seed for reproducible generation (Max length: 500 characters)
    """

    prompt: str
    negative_prompt: str | Unset = UNSET
    aspect_ratio: GoogleImagen4BodyInputAspectRatio | Unset = "1:1"
    seed: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        prompt = self.prompt

        negative_prompt = self.negative_prompt

        aspect_ratio: str | Unset = UNSET
        if not isinstance(self.aspect_ratio, Unset):
            aspect_ratio = self.aspect_ratio

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
        if seed is not UNSET:
            field_dict["seed"] = seed

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        prompt = d.pop("prompt")

        negative_prompt = d.pop("negative_prompt", UNSET)

        _aspect_ratio = d.pop("aspect_ratio", UNSET)
        aspect_ratio: GoogleImagen4BodyInputAspectRatio | Unset
        if isinstance(_aspect_ratio, Unset):
            aspect_ratio = UNSET
        else:
            aspect_ratio = check_google_imagen_4_body_input_aspect_ratio(_aspect_ratio)

        seed = d.pop("seed", UNSET)

        google_imagen_4_body_input = cls(
            prompt=prompt,
            negative_prompt=negative_prompt,
            aspect_ratio=aspect_ratio,
            seed=seed,
        )

        google_imagen_4_body_input.additional_properties = d
        return google_imagen_4_body_input

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
