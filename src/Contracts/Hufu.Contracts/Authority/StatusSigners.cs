namespace Hufu.Contracts;

/// <summary>
/// Certifies a key of the status service as the OCSP signer of one P-256 CA (RFC 6960 4.2.2.2): <c>POST /api/ca/services/signers</c>, act <see cref="ActNames.CaServiceRegister"/>, object
/// <see cref="ObjectOf"/>. It always takes a second person. The answer is <see cref="StatusSignerCertified"/>, which the status service receives as a fact too. From then on the certificate is followed as the rooms' others
/// are: by <see cref="ServiceRenewalAsked"/>, answered with the same fact.
/// </summary>
/// <param name="Ca">The CA's name, such as <c>transport</c>; its successor by a change of key is another one.</param>
/// <param name="Name">The signer's name in its subject; another one than that of the room's own certificate.</param>
/// <param name="Request">PKCS#10, DER, as <c>GET /api/ocsp/signers</c> gives it out.</param>
public sealed record StatusSignerRegistration(string Ca, string Name, byte[] Request)
{
    /// <summary>The act's object.</summary>
    /// <param name="ca">The CA's name.</param>
    public static string ObjectOf(string ca) => $"room/{Rooms.Ocsp}/{ca}";
}

/// <summary>A P-256 CA has certified a key of the status service as its OCSP signer, for the first time or again.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="Certificate">DER.</param>
public sealed record StatusSignerCertified(string Ca, byte[] Certificate) : IFact;

/// <summary>How the status service stands to one P-256 CA: <c>GET /api/ocsp/signers</c>, open, for what stands there is public.</summary>
/// <param name="Ca">The CA's name.</param>
/// <param name="State">Whether it answers for the CA.</param>
/// <param name="Words">Why not, or until when, and what to do next; for people.</param>
/// <param name="Certificate">The signer's certificate in force, DER; null when there is none.</param>
/// <param name="Request">PKCS#10, DER, of the key that waits for a certificate; null when none does.</param>
public sealed record StatusSigner(string Ca, StatusSignerState State, string Words, byte[]? Certificate, byte[]? Request);

/// <summary>Whether the status service answers for a P-256 CA.</summary>
public enum StatusSignerState
{
    /// <summary>It answers.</summary>
    InForce,

    /// <summary>Its key waits to be certified.</summary>
    Waiting,

    /// <summary>Its certificate has ended or is revoked.</summary>
    Ended,

    /// <summary>The token cannot be used now.</summary>
    TokenAway,
}
