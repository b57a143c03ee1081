using System.Text;
using Hufu.Contracts;
using Hufu.Demo.Scene;

namespace Hufu.Demo.Steps;

/// <summary>5. The applicant fetches with the one-time code, imports, and thereby accepts.</summary>
internal static class Chapter5Deliver
{
    public static async Task PlayAsync(Stage stage)
    {
        var holder = stage.Organisation;
        stage.Log.Chapter(5, "领取与接受", "Delivery and acceptance");
        FetchedPair pair = null!;
        var code = "";
        await stage.Log.StepAsync("6.2.3.2-a", "The mail tells how to fetch; the pair is fetched with its one-time code", async () =>
        {
            code = Mailbox.CodeIn(await stage.Mailbox.NextAsync(Chapter2Apply.Email, holder.Application));
            pair = await stage.Platform.PostAsync<FetchedPair>($"/api/ra/applications/{holder.Application}/fetch", new FetchPair(code));
            return $"certificates of {pair.SigningCertificate.Length} and {pair.EncryptionCertificate!.Length} bytes, enveloped key, chain without the root";
        });
        await stage.Log.RefusedAsync("6.2.4.1-a", "The same code a second time", "code-used", () =>
            stage.Platform.PostAsync<FetchedPair>($"/api/ra/applications/{holder.Application}/fetch", new FetchPair(code)));
        await stage.Log.StepAsync("6.2.4.1-a", "The encryption key is imported into the token; the holder's signed receipt is the acceptance", async () =>
        {
            holder.Import(pair);
            stage.Write("sign.cer", pair.SigningCertificate);
            stage.Write("enc.cer", pair.EncryptionCertificate!);
            stage.Write("chain.p7b", pair.Chain);
            var receipt = holder.Signer.Sign(Encoding.UTF8.GetBytes(AcceptPair.TextToSign(holder.Application, holder.Signing.SerialHex)));
            var status = await Applying.AcceptAsync(stage, holder.Application, pair, receipt);
            return $"{status.State}: {holder.Signing.Subject}";
        });
        await stage.Log.StepAsync("6.2.4.2-a", "The pair is in the repository", async () =>
        {
            var path = $"/repository/certificates/{holder.Signing.SerialHex}.cer";
            var published = await PublishedAsync(stage, path);
            return published.AsSpan().SequenceEqual(pair.SigningCertificate) ? path : throw new InvalidDataException("The repository holds other bytes.");
        });
    }

    private static async Task<byte[]> PublishedAsync(Stage stage, string path)
    {
        Patience patience = new();
        while (true)
        {
            try
            {
                return await stage.Platform.GetBytesAsync(path);
            }
            catch (PlatformRefusal refusal) when (refusal.Status == 404)
            {
                if (!await patience.WaitAsync())
                {
                    throw;
                }
            }
        }
    }
}
