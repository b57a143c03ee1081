using Hufu.Contracts;
using Hufu.Ra.Applications;

namespace Hufu.Ra.Renewal;

/// <summary>
/// 密钥更新 (6.1.3.3): the request carries a new public key and the old private key signs for it. With a valid certificate papers still valid are taken over and the renewal's checklist is asked; with an
/// expired one everything of a first application is. Never after revocation. For the CA it is a new pair of the same holder.
/// </summary>
internal sealed class CreateRekey(RaDesk desk)
{
    /// <summary>What stands in ra_applications.rekey.</summary>
    internal static class Kind
    {
        public const long None = 0;
        public const long Valid = 1;
        public const long Expired = 2;
    }

    [Clause("6.1.3.3-a")]
    [Clause("6.1.3.3-b")]
    [Clause("6.1.3.3-c")]
    public async Task<ApplicationCreated> RunAsync(NewRekey rekey, CancellationToken ct)
    {
        var serial = rekey.Serial[..Math.Min(rekey.Serial.Length, 64)].ToLowerInvariant();
        desk.Agreement.MustBeAccepted(rekey.AgreementVersion, rekey.AgreementAccepted);
        var creating = new CreateRenewal(desk);
        var (old, certificate) = await desk.Context.Database.ReadAsync(session => creating.FindOld(session, serial), ct);
        var request = desk.Keys.Open(desk.HolderProfile(old.Profile), rekey.Request, "request");
        if (request.PublicKey.Encode().AsSpan().SequenceEqual(certificate.PublicKey.Encode()))
        {
            throw new RefusedException(RefusalCode.KeyReused, "The same key is renewed, not replaced: POST /api/ra/renewals.", "request");
        }

        HolderSignature.Demand(certificate.PublicKey, NewRekey.TextToSign(serial, rekey.Request), rekey.OldKeySignature, "The old key has not signed for the new request.", "oldKeySignature");
        var expired = desk.Context.Clock.GetUtcNow() > certificate.NotAfter;
        return await creating.FileAsync(
            old, rekey.Request, serial, rekey.AgreementVersion, expired ? Kind.Expired : Kind.Valid, ct);
    }
}
