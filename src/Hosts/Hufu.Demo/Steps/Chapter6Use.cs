using System.Text;
using Hufu.Contracts;
using Hufu.Demo.Scene;
using Hufu.Pki;

namespace Hufu.Demo.Steps;

/// <summary>6. The holder signs, a relying party verifies; somebody encrypts to the holder, who opens it with the delivered key.</summary>
internal static class Chapter6Use
{
    public static async Task PlayAsync(Stage stage)
    {
        stage.Log.Chapter(6, "使用：签名、时间戳、验证、加密", "Use: sign, time-stamp, verify, encrypt");
        var holder = stage.Organisation;
        stage.Document = Encoding.UTF8.GetBytes("兹证明：本文件由北京虎符示范科技有限公司签署。\n");
        await stage.Log.StepAsync("6.2.7.5-a", "The CA's operator has a CRL signed before anything is revoked", async () =>
        {
            var crl = await stage.Platform.ActAsync<CrlSigned>(
                stage.CaOperator, Rooms.Ca, "/api/ca/crls", ActNames.CaCrlIssue, "ca/operational", "-", new CrlRequest("operational"));
            await RelyingParty.FetchCrlAsync(stage, "crl-before.crl", crl.Number);
            stage.Write("root.crl", await stage.Platform.GetBytesAsync("/crl/root.crl"));
            return $"CRL {crl.Number} with {crl.Entries} entries, at {crl.Address}";
        });
        await stage.Log.StepAsync("6.2.7.7-a", "OCSP says good", async () =>
        {
            await RelyingParty.AskOcspAsync(stage, "ocsp-good.der", expectRevoked: false);
            return "good, signed by the delegated responder, nonce echoed";
        });
        byte[] signed = [];
        await stage.Log.StepAsync("6.2.5-a", "The holder signs a document (GM/T 0010 and CMS), the time-stamping authority stamps the signature", async () =>
        {
            stage.Write("document.txt", stage.Document);
            signed = await RelyingParty.SignAsync(stage, stage.Document);
            stage.Write("document.p7s", signed);
            stage.Write("document.cms", RelyingParty.SignedBy(stage, stage.Document, MessageSyntax.Cms).Encode());
            var (request, response) = await RelyingParty.StampAsync(stage, stage.Document);
            stage.Write("timestamp.tsq", request.Encode());
            stage.Write("timestamp.tsr", response.Encode());
            return $"time stamp {response.Token!.Info.SerialNumber} at {response.Token.Info.Time:u}";
        });
        await stage.Log.StepAsync("6.2.5.2-a", "A relying party verifies it: signature, path, purpose, CRL and OCSP, at the time of the stamp", () =>
            Task.FromResult(RelyingParty.MustVerify(stage, signed, "crl-before.crl", "ocsp-good.der")));
        await stage.Log.StepAsync("6.2.8-a", "Somebody encrypts to the holder, who opens it with the escrowed and delivered key", () =>
        {
            var message = Encoding.UTF8.GetBytes("只有持有人能读到这句话。\n");
            stage.Write("message.txt", message);
            foreach (var (name, syntax) in new[] { ("message.p7e", MessageSyntax.Gm), ("message.cms", MessageSyntax.Cms) })
            {
                var enveloped = EnvelopedMessage.Encrypt(message, [holder.Encryption], syntax).Encode();
                stage.Write(name, enveloped);
                var opened = EnvelopedMessage.Decode(enveloped).Decrypt(holder.Decryptor, holder.Encryption);
                if (!opened.AsSpan().SequenceEqual(message))
                {
                    throw new InvalidDataException($"{name} opened to something else.");
                }
            }

            return Task.FromResult("opened inside the token, in both syntaxes");
        });
    }
}
