using System.Diagnostics;
using Hufu.Demo.Scene;
using Hufu.Pki;

namespace Hufu.Demo.Steps;

/// <summary>7. A server's certificate from a PKCS#10 that openssl made.</summary>
internal static class Chapter7Server
{
    private const string Email = "server@example.cn";
    private const string HostName = "www.example.cn";

    public static async Task PlayAsync(Stage stage)
    {
        stage.Log.Chapter(7, "服务器证书：由 openssl 产生的证书请求", "A server's certificate from a request that openssl made");
        byte[] request = [];
        await stage.Log.StepAsync("6.1.2-c", "The server's PKCS#10", async () =>
        {
            var (pem, origin) = await RequestAsync(stage);
            var decoded = CertificationRequest.DecodePemOrDer(pem);
            request = decoded.Encode();
            stage.Write("server.csr.pem", System.Text.Encoding.ASCII.GetBytes(decoded.ToPem()));
            return $"{decoded.Subject}, {origin}";
        });
        await stage.Log.StepAsync("6.2.1.1-b", "Applied for by the domain's owner, entered, vetted, issued, fetched with the mailed code", async () =>
        {
            var application = await Applying.SubmitAsync(stage, "server", Fields(), request, "飞雪连天射白鹿");
            await Applying.VetAndIssueAsync(stage, application);
            var pair = await Applying.FetchAsync(stage, application, Email);
            var status = await Applying.AcceptAsync(stage, application.Id, pair, signature: null);
            stage.Write("server.cer", pair.SigningCertificate);
            return $"{Certificate.Decode(pair.SigningCertificate).Subject}: {status.State}";
        });
    }

    private static Dictionary<string, string> Fields() => new()
    {
        ["hostName"] = HostName,
        ["organisationName"] = "北京虎符示范科技有限公司",
        ["creditCode"] = "91110108MA01HF261H",
        ["agentName"] = "卫经办",
        ["agentIdentityNumber"] = "110101199003076632",
        ["agentPhone"] = "13800000000",
        ["agentEmail"] = Email,
    };

    private static async Task<(byte[] Request, string Origin)> RequestAsync(Stage stage)
    {
        if (stage.Options.ServerRequest is { } given)
        {
            return (given, "from the file given with --csr; its key is certified, its names are not: those are the form's, which a vetter has checked");
        }

        var work = Directory.CreateTempSubdirectory("hufu-demo-");
        try
        {
            var (key, request) = (Path.Combine(work.FullName, "server.key"), Path.Combine(work.FullName, "server.csr"));
            if (await OpenSslAsync("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:SM2", "-out", key)
                && await OpenSslAsync("req", "-new", "-key", key, "-sm3", "-sigopt", "distid:1234567812345678", "-subj", $"/C=CN/O=北京虎符示范科技有限公司/CN={HostName}", "-utf8", "-out", request))
            {
                return (await File.ReadAllBytesAsync(request), "made just now by this machine's openssl");
            }
        }
        finally
        {
            work.Delete(recursive: true);
        }

        return (await File.ReadAllBytesAsync(stage.Options.FallbackServerRequest), $"this machine has no openssl that knows SM2: {stage.Options.FallbackServerRequest}, its origin is written beside it");
    }

    private static async Task<bool> OpenSslAsync(params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("openssl", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true });
            if (process is null)
            {
                return false;
            }

            process.StandardInput.Close();
            await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            await process.WaitForExitAsync();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
