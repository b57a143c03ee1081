using System.Numerics;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Demo.Scene;

/// <summary>Signer and relying party of the story: what they do with the holder's certificates and the platform's services.</summary>
internal static partial class RelyingParty
{
    /// <summary>Fetches the CA's CRL from the address in the holder's certificate, verifies it, leaves it as a file.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="file">The file's name.</param>
    /// <param name="atLeast">The CRL number that must have been reached, for publication follows signing; or null.</param>
    public static async Task FetchCrlAsync(Stage stage, string file, long? atLeast = null)
    {
        var address = stage.Organisation.Signing.CrlAddress() ?? throw new InvalidDataException("The certificate names no CRL.");
        Patience patience = new();
        while (true)
        {
            var der = await stage.Platform.GetBytesAsync(address);
            var crl = CertificateRevocationList.Decode(der);
            if (!crl.IsSignedBy(stage.Ca))
            {
                throw new InvalidDataException("The CRL is not the CA's.");
            }

            if (atLeast is null || crl.Number >= atLeast)
            {
                stage.Write(file, der);
                return;
            }

            if (!await patience.WaitAsync())
            {
                throw new TimeoutException($"CRL {atLeast} was not published within {Patience.Words}.");
            }
        }
    }

    /// <summary>How many of the pair's serials a CRL lists.</summary>
    public static int RevokedIn(Stage stage, string file, Holder holder)
    {
        var crl = CertificateRevocationList.Decode(File.ReadAllBytes(Path.Combine(stage.Options.OutDirectory, file)));
        return new[] { holder.Signing, holder.Encryption }.Count(certificate => crl.Find(certificate.SerialNumber) is not null);
    }

    /// <summary>Asks OCSP about the holder's signing certificate; waits for the answer that must come.</summary>
    public static async Task AskOcspAsync(Stage stage, string file, bool expectRevoked)
    {
        var address = stage.Organisation.Signing.OcspAddress() ?? throw new InvalidDataException("The certificate names no OCSP responder.");
        Patience patience = new();
        while (true)
        {
            var nonce = SecureRandom.GetBytes(16);
            var request = OcspRequest.Create([OcspCertId.Create(stage.Ca, stage.Organisation.Signing.SerialNumber, Oids.Sm3)], nonce);
            var der = await stage.Platform.PostBytesAsync(address, request.Encode(), "application/ocsp-request");
            var response = OcspResponse.Decode(der);
            if (response.Status is OcspResponseStatus.Unauthorized or OcspResponseStatus.TryLater && await patience.WaitAsync())
            {
                // The CA's facts are on their way to the responder.
                continue;
            }

            var answer = response.Find(stage.Ca, stage.Organisation.Signing.SerialNumber);
            if (response.Status != OcspResponseStatus.Successful || answer is null || response.Certificates.Count == 0 || !response.IsSignedBy(response.Certificates[0])
                || !response.Certificates[0].IsSignedBy(stage.Ca) || response.Nonce is not { } echoed || !echoed.Span.SequenceEqual(nonce))
            {
                throw new InvalidDataException($"OCSP answered {response.Status} and nothing that can be trusted.");
            }

            if (answer.Status == (expectRevoked ? OcspCertificateStatus.Revoked : OcspCertificateStatus.Good))
            {
                stage.Write(file, der);
                return;
            }

            if (!await patience.WaitAsync())
            {
                throw new InvalidDataException($"OCSP still says {answer.Status} after {Patience.Words}.");
            }
        }
    }

    /// <summary>The holder's signature over a content: content, certificate and CA inside.</summary>
    public static SignedMessage SignedBy(Stage stage, byte[] content, MessageSyntax syntax) => SignedMessage.Sign(content, stage.Organisation.Signer, stage.Organisation.Signing, new SigningOptions
    {
        Syntax = syntax,
        Placement = ContentPlacement.Attached,
        Attributes = SignedAttributesMode.Standard,
        SigningTime = stage.Now,
        Certificates = [stage.Organisation.Signing, stage.Ca],
    });

    /// <summary>Signs in GM/T 0010's syntax and has the signature stamped; the token goes into the message.</summary>
    public static async Task<byte[]> SignAsync(Stage stage, byte[] content)
    {
        var message = SignedBy(stage, content, MessageSyntax.Gm);
        var (_, response) = await StampAsync(stage, message.Signers[0].Signature.ToArray(), "/tsa/gm");
        return message.WithTimeStamp(0, response.Token!.RawData).Encode();
    }

    /// <summary>A time stamp over some bytes.</summary>
    public static async Task<(TimeStampRequest Request, TimeStampResponse Response)> StampAsync(Stage stage, byte[] content, string path = "/tsa")
    {
        var request = TimeStampRequest.Create(MessageImprint.OfData(content), new BigInteger(SecureRandom.GetBytes(8), isUnsigned: true), certificateRequested: true);
        var response = TimeStampResponse.Decode(await stage.Platform.PostBytesAsync(path, request.Encode(), "application/timestamp-query"));
        if (response.Token is not { } token || token.Verify(request, []) != TimeStampVerdict.Valid)
        {
            throw new InvalidDataException($"The time-stamping authority answered {response.Status} {response.Text}.");
        }

        return (request, response);
    }
}
