namespace Hufu.Pki.Gmt0014;

/// <summary>What EntName.entPubKeyHash is computed over.</summary>
public enum KeyHashInput
{
    /// <summary>The encoded SubjectPublicKeyInfo.</summary>
    SubjectPublicKeyInfo,

    /// <summary>The content of the BIT STRING, as OCSP's issuerKeyHash.</summary>
    PublicKeyBits,
}

/// <summary>What the signature in retPriKey covers.</summary>
public enum PrivateKeySignatureInput
{
    /// <summary>The plaintext private key, as PKCS#7 has it. Only who holds the key in the clear can make or check it.</summary>
    Plaintext,

    /// <summary>The DER of EncryptedContentInfo. The CA can check it, and a device need not show the key for it.</summary>
    EncryptedContentInfo,
}

/// <summary>How retPriKey's plaintext is padded under SM4-ECB.</summary>
public enum PrivateKeyPadding
{
    /// <summary>None: 32 raw bytes, which any relay can transcode unseen.</summary>
    None,

    /// <summary>A block of PKCS#7 padding.</summary>
    Pkcs7,
}

/// <summary>The string type of dsCode and extendInfo.</summary>
public enum UserTextType
{
    /// <summary>IA5String.</summary>
    Ia5String,

    /// <summary>OCTET STRING.</summary>
    OctetString,
}

/// <summary>The form of errDesc.</summary>
public enum ErrorDescriptionForm
{
    /// <summary>SEQUENCE { UTF8String }.</summary>
    Utf8InSequence,

    /// <summary>OCTET STRING of UTF-8.</summary>
    OctetString,
}

/// <summary>How the CHOICEs of the request and respond lists are tagged when written; both forms are read.</summary>
public enum ChoiceTagging
{
    /// <summary>The tag replaces the SEQUENCE's.</summary>
    Implicit,

    /// <summary>The tag goes around the SEQUENCE.</summary>
    Explicit,
}

/// <summary>
/// The points that the public sources of GM/T 0014 leave open (standards.md 4 and 11). Each is agreed with the partner; nothing is guessed from the bytes
/// except where both forms can be read without doubt.
/// </summary>
public sealed record Gmt0014Options
{
    /// <summary>What entPubKeyHash is over.</summary>
    public required KeyHashInput KeyHash { get; init; }

    /// <summary>What retPriKey's signature covers.</summary>
    public required PrivateKeySignatureInput PrivateKeySignature { get; init; }

    /// <summary>Padding of retPriKey's plaintext as written.</summary>
    public required PrivateKeyPadding Padding { get; init; }

    /// <summary>Type of dsCode and extendInfo as written; both are read.</summary>
    public required UserTextType UserText { get; init; }

    /// <summary>Form of errDesc as written; both are read.</summary>
    public required ErrorDescriptionForm ErrorDescription { get; init; }

    /// <summary>Tagging as written; both are read.</summary>
    public required ChoiceTagging Tagging { get; init; }

    /// <summary>version as written and expected: 1 on the wire.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// Between the rooms of this platform: raw private key without padding; its signature over the encrypted content, so that neither the device nor the
    /// CA needs the key in the clear.
    /// </summary>
    public static Gmt0014Options Hufu { get; } = new()
    {
        KeyHash = KeyHashInput.SubjectPublicKeyInfo,
        PrivateKeySignature = PrivateKeySignatureInput.EncryptedContentInfo,
        Padding = PrivateKeyPadding.None,
        UserText = UserTextType.Ia5String,
        ErrorDescription = ErrorDescriptionForm.Utf8InSequence,
        Tagging = ChoiceTagging.Implicit,
        Version = 1,
    };

    /// <summary>As <see cref="Hufu"/>, but with the signature over the plaintext, which GM/T 0010 means by its descent from PKCS#7.</summary>
    public static Gmt0014Options Pkcs7Signature { get; } = Hufu with { PrivateKeySignature = PrivateKeySignatureInput.Plaintext };
}
