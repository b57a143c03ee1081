using System.Text;
using System.Text.Json;
using Hufu.Pki;

namespace Hufu.Contracts;

/// <summary>A statement and its signature: the unit of authority (design decision 2).</summary>
/// <param name="Statement">The canonical text of an <see cref="ActStatement"/>.</param>
/// <param name="Signature">DER SM2Signature over the text's UTF-8 bytes, default user id, by the key of the certificate that the statement names.</param>
public sealed record SignedAct(string Statement, byte[] Signature)
{
    /// <summary>Signs a statement with a person's key.</summary>
    public static SignedAct Sign(ActStatement statement, ISigner signer)
    {
        ArgumentNullException.ThrowIfNull(statement);
        ArgumentNullException.ThrowIfNull(signer);
        var text = statement.ToCanonicalText();
        return new SignedAct(text, signer.Sign(Encoding.UTF8.GetBytes(text)));
    }

    /// <summary>Whether the signature verifies under a public key.</summary>
    public bool Verify(SubjectPublicKeyInfo publicKey)
    {
        ArgumentNullException.ThrowIfNull(publicKey);
        return publicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, Encoding.UTF8.GetBytes(Statement), Signature);
    }
}

/// <summary>A request that changes something: the signed act, and the payload that it speaks of.</summary>
/// <param name="Act">The signed act; its payload digest is SM3 over the exact UTF-8 bytes of <paramref name="Payload"/> as they stand in the request.</param>
/// <param name="Payload">The payload, a JSON object.</param>
/// <param name="Second">
/// Where policy asks for four eyes (policy/seconds.csv): the second person's statement, act <see cref="ActNames.Second"/> on <c>proposal/{id}</c> with the same payload, where id is
/// SM3 (hex) over the first statement's text. Without it such an act is kept as a proposal and refused with <see cref="RefusalCode.SecondNeeded"/>; the second person sends the whole request again, completed.
/// </param>
public sealed record ActRequest(SignedAct Act, JsonElement Payload, SignedAct? Second = null);
