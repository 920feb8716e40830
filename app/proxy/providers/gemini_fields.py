"""What is opaque in Gemini's requests and answers."""

from __future__ import annotations

from collections.abc import Iterable

from app.pipeline.fields import Fields
from app.proxy.providers.base import below

_PART_NAMES = (
    "functionCall.id",
    "functionCall.name",
    "functionCall.partialArgs[].jsonPath",
    "functionResponse.id",
    "functionResponse.name",
    "functionResponse.scheduling",
    "functionResponse.parts[].inlineData.mimeType",
    "functionResponse.parts[].fileData.mimeType",
    "toolCall.id",
    "toolCall.toolType",
    "toolResponse.id",
    "toolResponse.toolType",
    "executableCode.id",
    "executableCode.language",
    "codeExecutionResult.id",
    "codeExecutionResult.outcome",
    "inlineData.mimeType",
    "fileData.mimeType",
    "videoMetadata.**",
    "audioMetadata.**",
    "spreadsheetMetadata.**",
    "mediaResolution.**",
    "speechMetadata.style",
    "audioTranscription.languageCode",
    "audioTranscription.startOffset",
    "audioTranscription.endOffset",
    "audioTranscription.words[].startOffset",
    "audioTranscription.words[].endOffset",
)
#: Signed: a changed letter makes the API refuse the conversation, or forget what it thought.
_PART_SEALS = ("thoughtSignature",)
_PART_BYTES = ("inlineData.data", "functionResponse.parts[].inlineData.data")
_VOICES = ("voiceConfig", "multiSpeakerVoiceConfig.speakerVoiceConfigs[].voiceConfig")
_REQUEST_NAMES = (
    "model",
    "cachedContent",
    "name",
    "ttl",
    "expireTime",
    "kmsKeyName",
    "encryptionSpec.**",
    "taskType",
    "serviceTier",
    "inputConfig.fileName",
    "safetySettings[].**",
    "toolConfig.functionCallingConfig.mode",
    "toolConfig.functionCallingConfig.allowedFunctionNames[]",
    "toolConfig.retrievalConfig.languageCode",
    "modelArmorConfig.**",
    "tools[].functionDeclarations[].name",
    "tools[].functionDeclarations[].behavior",
    "tools[].googleSearchRetrieval.dynamicRetrievalConfig.mode",
    "tools[].googleSearch.timeRangeFilter.**",
    "tools[].computerUse.environment",
    "tools[].computerUse.excludedPredefinedFunctions[]",
    "tools[].fileSearch.fileSearchStoreNames[]",
    "tools[].mcpServers[].name",
    "tools[].mcpServers[].streamableHttpTransport.timeout",
    "tools[].mcpServers[].streamableHttpTransport.sseReadTimeout",
    "tools[].retrieval.externalApi.apiSpec",
    "tools[].retrieval.externalApi.endpoint",
    "tools[].retrieval.externalApi.elasticSearchParams.index",
    "tools[].retrieval.vertexAiSearch.datastore",
    "tools[].retrieval.vertexAiSearch.engine",
    "tools[].retrieval.vertexAiSearch.dataStoreSpecs[].dataStore",
    "tools[].retrieval.vertexRagStore.ragCorpora[]",
    "tools[].retrieval.vertexRagStore.ragResources[].ragCorpus",
    "tools[].retrieval.vertexRagStore.ragResources[].ragFileIds[]",
    "tools[].retrieval.vertexRagStore.ragRetrievalConfig.ranking.*.modelName",
)
_CONFIG_NAMES = (
    "responseMimeType",
    "responseModalities[]",
    "responseFormat.*.mimeType",
    "responseFormat.*.resolution",
    "responseFormat.*.duration",
    "mediaResolution",
    "thinkingConfig.**",
    "imageConfig.**",
    "routingConfig.**",
    "modelSelectionConfig.**",
    "translationConfig.targetLanguageCode",
    "audioTranscriptionConfig.languageCodes[]",
    "audioTranscriptionConfig.languageHints.**",
    "speechConfig.languageCode",
    *below((f"speechConfig.{voice}" for voice in _VOICES), "prebuiltVoiceConfig.**", "voice"),
)


def _request(
    *bases: str, opening: str = "", contents: Iterable[str] = ("contents[]", "contents", "content", "systemInstruction")
) -> Fields:
    """What is opaque in requests that stand at `bases` of a body ("" is the body itself)."""
    said = below(bases, *contents)
    parts = below(said, "parts[]")
    configs = below(bases, "generationConfig", "embedContentConfig")
    tools = below(bases, "tools[]")
    declarations = below(tools, "functionDeclarations[]")
    voices = below(configs, *(f"speechConfig.{voice}.replicatedVoiceConfig" for voice in _VOICES))
    return Fields(
        identifiers=(
            *below(said, "role"),
            *below(parts, *_PART_NAMES),
            *below(bases, *_REQUEST_NAMES),
            *below(configs, *_CONFIG_NAMES),
            *below(voices, "mimeType"),
        ),
        verbatim=(
            *below(parts, *_PART_SEALS),
            *below((*bases, *configs), "continuationToken"),
            *below(voices, "voiceConsentSignature.**"),
            *below(tools, "mcpServers[].streamableHttpTransport.headers.**", "*.apiKey", "*.authConfig.**"),
            *below(tools, "retrieval.externalApi.apiAuth.**", "retrieval.externalApi.authConfig.**"),
        ),
        binary=(*below(parts, *_PART_BYTES), *below(voices, "voiceSampleAudio", "consentAudio")),
        schemas=(
            *below(declarations, "parameters", "parametersJsonSchema", "response", "responseJsonSchema"),
            *below(configs, "responseSchema", "responseJsonSchema"),
            *below(configs, "responseFormat.*.schema", "responseFormat.*.jsonSchema"),
        ),
        opening=opening,
        snake=True,
    )


GENERATE_REQUEST = _request("", opening="contents")
CONTEXT_ANSWER = Fields(verbatim=GENERATE_REQUEST.verbatim, snake=True)
COUNT_REQUEST = _request("", "generateContentRequest", opening="contents")
EMBED_REQUEST = _request("")
EMBED_ALL_REQUEST = _request("", "requests[]")
BATCH_REQUEST = _request("batch", "batch.inputConfig.requests.requests[].request")
FILE_REQUEST = Fields(identifiers=("file.name", "file.mimeType"), snake=True)

ANSWER_PART = "candidates[].content.parts[]"


def _answer(*bases: str) -> Fields:
    """What is sealed in answers that stand at `bases`. The tokens of a placeholder cannot be restored one by one."""
    return Fields(
        verbatim=(
            *below(below(bases, ANSWER_PART), *_PART_SEALS, *_PART_BYTES),
            *below(
                bases,
                "candidates[].logprobsResult.**",
                "candidates[].continuationToken",
                "candidates[].groundingMetadata.googleMapsWidgetContextToken",
                "candidates[].groundingMetadata.searchEntryPoint.sdkBlob",
            ),
        ),
        snake=True,
    )


ANSWER = _answer("")
#: A batch is an operation: what it came to stands in it, and in what is told of it.
BATCH_ANSWER = _answer(
    *below(("response", "metadata.output", "output"), "inlinedResponses.inlinedResponses[].response")
)
