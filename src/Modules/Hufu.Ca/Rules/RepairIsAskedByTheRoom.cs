using Hufu.Ca.Certificates;
using Hufu.Contracts;
using Hufu.Messaging;
using Hufu.Pki;

namespace Hufu.Ca.Rules;

/// <summary>
/// Whoever carries a room's request by hand cannot put another key into it: the room has signed it with the key of a signing certificate that this CA has given it. That one may have ended, for what ended is a date; revoked it proves
/// nothing, and a room that has lost the key is registered anew.
/// </summary>
internal static class RepairIsAskedByTheRoom
{
    /// <param name="asked">What is asked for a room.</param>
    /// <param name="proof">What came with it.</param>
    /// <param name="signer">The certificate that the proof names, as this CA has it.</param>
    /// <exception cref="RefusedException">FieldMissing, CertificateNotValid, FieldInvalid: the signature is not over this request.</exception>
    [Clause("6.2.6.1-a")]
    public static void Demand(ServiceRenewalAsked asked, RepairProof? proof, RenewedCertificate signer)
    {
        if (proof is null)
        {
            throw new RefusedException(RefusalCode.FieldMissing, $"The room's own signature over its request for {asked.OldSerial}.", "proofs");
        }

        if (signer.Row is not { Kind: CertificateUse.Service } row || row.Holder != $"room/{asked.Room}" || ServiceRenewalIsAllowed.UseOf(row.Profile) != RoomIdentity.SigningLabel || signer.Revoked)
        {
            throw new RefusedException(RefusalCode.CertificateNotValid, $"{proof.SignerSerial} is no signing certificate of '{asked.Room}', or is revoked.", "proofs");
        }

        if (!Certificate.Decode(row.Der).PublicKey.Verify(AlgorithmIdentifier.Sm2WithSm3, RepairProof.ToSign(asked), proof.Signature))
        {
            throw new RefusedException(RefusalCode.FieldInvalid, $"The request for {asked.OldSerial} is not the one that '{asked.Room}' has signed: have it written anew there (hufu repair ask).", "proofs");
        }
    }
}
