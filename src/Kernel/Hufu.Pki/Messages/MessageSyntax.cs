namespace Hufu.Pki;

/// <summary>Whose structures and object identifiers a message uses.</summary>
public enum MessageSyntax
{
    /// <summary>GM/T 0010 (GB/T 35275): the shape of PKCS#7 1.5 under the arc 1.2.156.10197.6.1.4.2.</summary>
    Gm,

    /// <summary>CMS (RFC 5652) under the PKCS arc, with SM2, SM3 and SM4.</summary>
    Cms,
}
