namespace Hufu.Pki.Linting.Rules;

/// <summary>Serials of entries are greater than zero.</summary>
internal sealed class CrlEntrySerialNotPositive() : RevokedEntryRule(
    EntryFault.SerialNotPositive, "hufu_crl_entry_serial_not_positive", LintSeverity.Error, "RFC 5280 4.1.2.2, 5.1.2.6",
    "Serials of entries are greater than zero.",
    "Find out how such a certificate came to be.", "条目序列号应为正整数。");
