namespace Hufu.Pki;

/// <summary>The bits of keyUsage; bit n of the standard is bit n here (RFC 5280 4.2.1.3).</summary>
[Flags]
public enum KeyUsages
{
    /// <summary>No bit.</summary>
    None = 0,

    /// <summary>Bit 0: signatures other than on certificates and lists.</summary>
    DigitalSignature = 1 << 0,

    /// <summary>Bit 1: nonRepudiation, also called contentCommitment.</summary>
    NonRepudiation = 1 << 1,

    /// <summary>Bit 2: enciphering keys.</summary>
    KeyEncipherment = 1 << 2,

    /// <summary>Bit 3: enciphering data.</summary>
    DataEncipherment = 1 << 3,

    /// <summary>Bit 4: agreeing on keys.</summary>
    KeyAgreement = 1 << 4,

    /// <summary>Bit 5: signing certificates.</summary>
    KeyCertSign = 1 << 5,

    /// <summary>Bit 6: signing revocation lists.</summary>
    CrlSign = 1 << 6,

    /// <summary>Bit 7: with keyAgreement, enciphering only.</summary>
    EncipherOnly = 1 << 7,

    /// <summary>Bit 8: with keyAgreement, deciphering only.</summary>
    DecipherOnly = 1 << 8,

    /// <summary>What an end entity's signing certificate carries (standards.md 3.2).</summary>
    Signing = DigitalSignature | NonRepudiation,

    /// <summary>What an end entity's encryption certificate carries (standards.md 3.2).</summary>
    Encryption = KeyEncipherment | DataEncipherment | KeyAgreement,

    /// <summary>What a CA's certificate carries.</summary>
    Authority = KeyCertSign | CrlSign,
}
