"""The modules the PBX loads: nothing else is in its memory, nothing else can be called."""

from dialplan.routines import MODULES as DIALPLAN

_AUDIO = (
    "res_timing_timerfd",
    "codec_alaw",
    "codec_ulaw",
    "codec_a_mu",
    "codec_resample",
    "format_pcm",
    "format_sln",
    "format_wav",
    "res_musiconhold",
)

_SIP = (
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_sorcery_astdb",
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_session",
    "res_pjsip_pubsub",
    "res_pjsip_sdp_rtp",
    "res_rtp_asterisk",
    "chan_pjsip",
    "res_pjsip_authenticator_digest",
    "res_pjsip_outbound_authenticator_digest",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_registrar",
    "res_pjsip_caller_id",
    "res_pjsip_diversion",
    "res_pjsip_dlg_options",
    "res_pjsip_dtmf_info",
    "res_pjsip_empty_info",
    "res_pjsip_header_funcs",
    "res_pjsip_logger",
    "res_pjsip_nat",
    "res_pjsip_refer",
    "res_pjsip_rfc3326",
)

_BRIDGES = (
    "bridge_builtin_features",
    "bridge_holding",
    "bridge_native_rtp",
    "bridge_simple",
    "bridge_softmix",
)

_RECORDS = (
    "res_cdrel_custom",
    "cel_sqlite3_custom",
    "res_manager_devicestate",
)

MODULES: tuple[str, ...] = tuple(dict.fromkeys(_AUDIO + _SIP + _BRIDGES + DIALPLAN + _RECORDS))
