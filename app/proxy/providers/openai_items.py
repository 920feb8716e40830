"""What is opaque in the items and the tools of OpenAI's Responses, wherever they stand."""

from __future__ import annotations

from collections.abc import Iterable

from app.pipeline.fields import Fields
from app.proxy.providers.base import below

_ITEM_NAMES = (
    "type",
    "id",
    "role",
    "status",
    "phase",
    "call_id",
    "agent.agent_name",
    "caller.**",
    "content[].type",
    "content[].detail",
    "content[].file_id",
    "content[].prompt_cache_breakpoint.**",
    "content[].annotations[].type",
    "content[].annotations[].file_id",
    "content[].annotations[].container_id",
    "output[].type",
    "output[].detail",
    "output[].file_id",
    "output[].prompt_cache_breakpoint.**",
    "output[].outcome.type",
    "output.type",
    "output.file_id",
    "summary[].type",
    "<function_call>.name",
    "<function_call>.namespace",
    "<function_call_output>.name",
    "<function_call_output>.namespace",
    "<custom_tool_call>.name",
    "<custom_tool_call>.namespace",
    "<mcp_call>.name",
    "<mcp_call>.server_label",
    "<mcp_call>.approval_request_id",
    "<mcp_call>.error.type",
    "<mcp_approval_request>.name",
    "<mcp_approval_request>.server_label",
    "<mcp_approval_response>.approval_request_id",
    "<mcp_list_tools>.server_label",
    "<mcp_list_tools>.tools[].name",
    "<shell_call>.environment.type",
    "<shell_call>.environment.container_id",
    "<shell_call>.environment.skills[].name",
    "<local_shell_call>.action.type",
    "<apply_patch_call>.operation.type",
    "<computer_call>.action.type",
    "<computer_call>.action.button",
    "<computer_call>.action.keys[]",
    "<computer_call>.actions[].type",
    "<computer_call>.actions[].button",
    "<computer_call>.actions[].keys[]",
    "<computer_call>.pending_safety_checks[].id",
    "<computer_call>.pending_safety_checks[].code",
    "<computer_call_output>.acknowledged_safety_checks[].id",
    "<computer_call_output>.acknowledged_safety_checks[].code",
    "<web_search_call>.action.type",
    "<web_search_call>.action.sources[].type",
    "<file_search_call>.results[].file_id",
    "<code_interpreter_call>.container_id",
    "<code_interpreter_call>.outputs[].type",
    "<image_generation_call>.action",
    "<image_generation_call>.background",
    "<image_generation_call>.output_format",
    "<image_generation_call>.quality",
    "<image_generation_call>.size",
    "<image_generation_call>.error.code",
    "<image_generation_call>.error.type",
    "<image_generation_call>.error.param",
    "<image_generation_call>.error.moderation_details.**",
    "<image_generation_call>.svg.model",
    "<image_generation_call>.svg_usage.model",
    "<tool_search_call>.execution",
    "<tool_search_output>.execution",
    "<agent_message>.recipient",
    "<multi_agent_call>.action",
    "<multi_agent_call_output>.action",
    "<multi_agent_call_output>.output[].annotations[].type",
    "<multi_agent_call_output>.output[].annotations[].file_id",
    "<multi_agent_call_output>.output[].annotations[].container_id",
    "<configuration_update>.reasoning.**",
    "<configuration_update>.text.format.type",
    "<configuration_update>.text.format.name",
    "<configuration_update>.text.verbosity",
)
# Encrypted, or to be sent back as it came; the tokens of a placeholder cannot be restored one by one.
_ITEM_SEALED = (
    "<reasoning>.encrypted_content",
    "<compaction>.encrypted_content",
    "<compaction_trigger>.encrypted_content",
    "<program>.fingerprint",
    "content[]<encrypted_content>.encrypted_content",
    "content[].logprobs.**",
    "output[].logprobs.**",
)
_ITEM_BINARY = (
    "content[].image_url",
    "content[].file_data",
    "content[].input_audio.data",
    "output[].image_url",
    "output[].file_data",
    "output.image_url",
    "<code_interpreter_call>.outputs[].url",
    "<image_generation_call>.result",
)

_TOOL_NAMES = (
    "type",
    "name",
    "allowed_callers[]",
    "execution",
    "format.type",
    "format.syntax",
    "server_label",
    "connector_id",
    "tunnel_id",
    "allowed_tools[]",
    "allowed_tools.tool_names[]",
    "require_approval",
    "require_approval.**",
    "vector_store_ids[]",
    "ranking_options.**",
    "filters.type",
    "filters.key",
    "filters.filters[].type",
    "filters.filters[].key",
    "filters.allowed_domains[]",
    "filters.blocked_domains[]",
    "search_context_size",
    "search_content_types[]",
    "user_location.type",
    "container",
    "environment",
    *below(
        ("container", "environment"),
        "type",
        "container_id",
        "file_ids[]",
        "memory_limit",
        "network_policy.type",
        "network_policy.allowed_domains[]",
        "network_policy.domain_secrets[].domain",
        "network_policy.domain_secrets[].name",
        "skills[].type",
        "skills[].name",
        "skills[].skill_id",
        "skills[].version",
        "skills[].source.type",
        "skills[].source.media_type",
    ),
    "<image_generation>.action",
    "<image_generation>.background",
    "<image_generation>.complexity",
    "<image_generation>.input_fidelity",
    "<image_generation>.moderation",
    "<image_generation>.model",
    "<image_generation>.output_format",
    "<image_generation>.quality",
    "<image_generation>.size",
    "<image_generation>.svg.**",
    "<image_generation>.input_image_mask.file_id",
)
# Credentials and where they go, a grammar that must stay one, and where the user is roughly.
_TOOL_SEALED = (
    "authorization",
    "headers.**",
    "server_url",
    "format.definition",
    "user_location.**",
    "container.network_policy.domain_secrets[].value",
    "environment.network_policy.domain_secrets[].value",
)
_TOOL_BINARY = (
    "input_image_mask.image_url",
    "container.skills[].source.data",
    "environment.skills[].source.data",
)


def items(bases: Iterable[str], tools: Iterable[str] = ()) -> Fields:
    """The opaque paths of items at `bases`, and of tools there and at `tools`."""
    bases = tuple(bases)
    every = _all_tools(bases, tools)
    return Fields(
        identifiers=(*below(bases, *_ITEM_NAMES), *below(every, *_TOOL_NAMES)),
        verbatim=(*below(bases, *_ITEM_SEALED), *below(every, *_TOOL_SEALED)),
        binary=(*below(bases, *_ITEM_BINARY), *below(every, *_TOOL_BINARY)),
        schemas=(
            *below(every, "parameters", "output_schema"),
            *below(bases, "<mcp_list_tools>.tools[].input_schema", "<configuration_update>.text.format.schema"),
        ),
    )


def sealed(bases: Iterable[str], tools: Iterable[str] = ()) -> Fields:
    """What of items at `bases`, and of tools there and at `tools`, has to come back byte for byte."""
    bases = tuple(bases)
    return Fields(
        verbatim=(*below(bases, *_ITEM_SEALED), *below(_all_tools(bases, tools), *_TOOL_SEALED)),
        binary=(*below(bases, *_ITEM_BINARY), *below(_all_tools(bases, tools), *_TOOL_BINARY)),
    )


def _all_tools(bases: Iterable[str], tools: Iterable[str]) -> tuple[str, ...]:
    first = (*tools, *below(bases, "<additional_tools>.tools[]", "<tool_search_output>.tools[]"))
    return (*first, *below(first, "<namespace>.tools[]"))
