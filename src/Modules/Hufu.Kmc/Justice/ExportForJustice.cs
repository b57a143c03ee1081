using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Hufu.Contracts;
using Hufu.Devices;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Kmc.Cases;
using Hufu.Kmc.Stores;
using Hufu.Pki;
using Hufu.Records;

namespace Hufu.Kmc.Justice;

/// <summary>An operator exports, once, what a business administrator has approved and an auditor has witnessed: <c>POST /api/kmc/justice/{id}/export</c>. The holder is not told; no CA is.</summary>
/// <remarks>
/// Neither key nor what protects it is ever in the clear outside: the device envelops each key to a public key, that of an officer's certificate or that of a carrier key made here for this export. The
/// carrier key's private half is in the answer only, to be printed; it is not kept.
/// </remarks>
internal sealed class ExportForJustice(RoomContext context, Func<IEscrowDevice> escrow, CaseBook cases)
{
    /// <summary>Exports.</summary>
    /// <exception cref="RefusedException">UnknownObject, StateWrong (also past the time limit), SamePerson, CertificateNotValid, and what else the gate refuses.</exception>
    [Clause("6.2.8-c")]
    public Task<JusticeExport> RunAsync(string id, ActRequest request, CancellationToken ct) => cases.MoveAsync(
        request, ActNames.KmcJusticeExport, CaseKind.Justice, id, CaseState.Witnessed, CaseState.Done,
        (session, act, found) =>
        {
            RestoreMark.Demand(context.DataDirectory);
            var order = found.Read<JusticeOrder>();
            var now = context.Clock.GetUtcNow();
            if (order.ValidUntil <= now)
            {
                throw new RefusedException(RefusalCode.StateWrong, $"The time limit was {order.ValidUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}.", "validUntil");
            }

            using var carrier = order.Protection == JusticeCarrier.PaperKey ? Sm2PrivateKey.Generate() : null;
            Sm2PublicKey[] recipients = carrier is not null ? [carrier.PublicKey] : [.. order.Officers.Select(officer => RegisterJustice.Read(officer, now).PublicKey.RequireSm2())];
            var keys = CaseScope.Find(session, order.Ca, order.UserCertNumbers).SelectMany(one => recipients.Select(recipient => new JusticeKey(
                one.Number,
                Convert.ToHexStringLower(Sm3.HashData(recipient.Encode())),
                escrow().EnvelopEscrowed(
                    PairMetadata.StorageKeyLabel(one.Pair.Generation), one.Pair.Sealed, PairMetadata.AssociatedData(one.Pair.Pair, one.Pair.Generation, one.Pair.MadeAt),
                    CaseScope.PublicKeyOf(one.Pair), recipient).Encode()))).ToList();
            var manifest = JsonSerializer.SerializeToUtf8Bytes(new JusticeManifest(id, order.Ca, order.CarrierLabel, now, keys), ContractJson.Options);

            // One certificate and its key, whatever is put in force meanwhile.
            var certificate = context.Identity.SigningCertificate!;
            var file = SignedMessage.Sign(
                manifest, context.Identity.SignerOf(certificate), certificate,
                new SigningOptions { Syntax = MessageSyntax.Gm, Placement = ContentPlacement.Attached, Attributes = SignedAttributesMode.Standard, SigningTime = now, Certificates = [certificate] }).Encode();
            var digest = ActStatement.Digest(file);
            act.Detail["file"] = digest;
            act.Detail["carrier"] = order.CarrierLabel;
            act.Detail["keys"] = keys.Count;
            act.Detail["papers"] = new JsonArray([.. order.Papers.Select(paper => JsonValue.Create(paper.Sm3))]);
            return new JusticeExport(id, file, digest, carrier is null ? null : Print(carrier));
        },
        ct);

    // 64 hex digits in groups of four, as they are read from paper.
    private static string Print(Sm2PrivateKey carrier)
    {
        Span<byte> d = stackalloc byte[Sm2.PrivateKeySize];
        try
        {
            carrier.Export(d);
            return string.Join(' ', Convert.ToHexStringLower(d).Chunk(4).Select(group => new string(group)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(d);
        }
    }
}
