namespace Hufu.Pki;

/// <summary>CRLReason (RFC 5280 5.3.1); the values are those on the wire.</summary>
public enum RevocationReason
{
    /// <summary>Not said; never written.</summary>
    Unspecified = 0,

    /// <summary>The key is or may be known to others.</summary>
    KeyCompromise = 1,

    /// <summary>The CA's key is or may be known to others.</summary>
    CaCompromise = 2,

    /// <summary>The name or another statement has changed.</summary>
    AffiliationChanged = 3,

    /// <summary>Replaced by another certificate.</summary>
    Superseded = 4,

    /// <summary>No longer needed.</summary>
    CessationOfOperation = 5,

    /// <summary>Suspended (冻结); may be lifted.</summary>
    CertificateHold = 6,

    /// <summary>In a delta list: no longer revoked.</summary>
    RemoveFromCrl = 8,

    /// <summary>A right was withdrawn.</summary>
    PrivilegeWithdrawn = 9,

    /// <summary>The attribute authority's key is or may be known to others.</summary>
    AaCompromise = 10,
}
