using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Pki;

namespace Hufu.Ra.Notices;

/// <summary>Short messages: posted as JSON to the operator's gateway, signed by the RA's key like questions to sources; or, for demonstrations, written into a folder as what they are: simulated.</summary>
internal static class SmsClient
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(10), MaxResponseContentBufferSize = 64 * 1024 };

    /// <summary>The mobile phone on a form, or null.</summary>
    public static string? MobileOf(IReadOnlyDictionary<string, string> fields) =>
        fields.Values.FirstOrDefault(value => value.Length == 11 && value[0] == '1' && value.All(char.IsAsciiDigit));

    /// <exception cref="HttpRequestException">The gateway did not take it; it is tried again.</exception>
    public static async Task SendAsync(RaOptions options, ISigner signer, string id, string phone, string text, CancellationToken ct)
    {
        if (options.SmsGateway is null)
        {
            Directory.CreateDirectory(options.SmsFolder!);
            var beside = Path.Combine(options.SmsFolder!, "." + id);
            await File.WriteAllTextAsync(beside, $"【模拟短信，未真正发送】{phone}\n{text}\n", Encoding.UTF8, ct);
            File.Move(beside, Path.Combine(options.SmsFolder!, id + ".txt"), overwrite: true);
            return;
        }

        // The id lets the gateway send once what comes twice.
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id, phone, text }, ContractJson.Options);
        using var request = new HttpRequestMessage(HttpMethod.Post, options.SmsGateway) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.Add("Hufu-Signature", Convert.ToBase64String(signer.Sign(body)));
        using var response = await Http.SendAsync(request, ct);
        response.EnsureSuccessStatusCode();
    }
}
