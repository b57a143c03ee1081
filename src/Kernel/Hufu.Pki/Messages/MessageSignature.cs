namespace Hufu.Pki;

/// <summary>Whether one signer's signature fits content and certificate; says nothing of the certificate's worth.</summary>
public enum MessageSignature
{
    /// <summary>It verifies.</summary>
    Valid,

    /// <summary>No certificate of this signer was in the message or given.</summary>
    NoCertificate,

    /// <summary>The message has no content inside and none was given.</summary>
    NoContent,

    /// <summary>The messageDigest attribute is not the content's digest: the content was changed.</summary>
    DigestMismatch,

    /// <summary>The contentType attribute is missing or names another type than the message.</summary>
    WrongContentType,

    /// <summary>The signature does not verify under the certificate's key.</summary>
    BadSignature,

    /// <summary>An algorithm that is not offered.</summary>
    Unsupported,
}
