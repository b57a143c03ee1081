namespace Hufu.Pki.Linting.Rules;

/// <summary>certificateIssuer is critical.</summary>
internal sealed class CrlEntryCertificateIssuerNotCritical() : RevokedEntryRule(
    EntryFault.CertificateIssuerNotCritical, "hufu_crl_entry_certificate_issuer_not_critical", LintSeverity.Error, "RFC 5280 5.3.3",
    "certificateIssuer is critical.",
    "Mark it critical.", "certificateIssuer 须标记为关键。");
