namespace Hufu.Pki.Linting.Rules;

/// <summary>Serials of entries have at most 20 bytes.</summary>
internal sealed class CrlEntrySerialTooLong() : RevokedEntryRule(
    EntryFault.SerialTooLong, "hufu_crl_entry_serial_too_long", LintSeverity.Error, "RFC 5280 4.1.2.2, 5.1.2.6",
    "Serials of entries have at most 20 bytes.",
    "Find out how such a certificate came to be.", "条目序列号不得超过 20 字节。");
