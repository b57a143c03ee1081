using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Crypto;
using Hufu.Hosting;
using Hufu.Pki;

namespace Hufu.Ra.Sources;

/// <summary>The one HTTP adapter to third-party sources: signed both ways. Whatever goes wrong is Unavailable with the reason: an outage, a slow or endless answer, a signature that is not the source's.</summary>
internal sealed class SourceClient(ISigner signer, SourceAddress address)
{
    /// <summary>The header that carries a signature over the body.</summary>
    public const string SignatureHeader = "Hufu-Signature";

    private const int AnswerLimit = 64 * 1024;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = AnswerLimit,
    };

    public async Task<(SourceOutcome Outcome, bool Simulated, string What)> AskAsync(string source, IReadOnlyDictionary<string, string> fields, DateTimeOffset now, CancellationToken ct)
    {
        try
        {
            var asked = new SourceRequest(SecureRandom.NewId(), source, now, fields);
            var body = JsonSerializer.SerializeToUtf8Bytes(asked, ContractJson.Options);
            using var request = new HttpRequestMessage(HttpMethod.Post, address.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add(SignatureHeader, Convert.ToBase64String(signer.Sign(body)));
            using var response = await Http.SendAsync(request, ct);
            if (!response.IsSuccessStatusCode)
            {
                return Unavailable($"HTTP {(int)response.StatusCode}");
            }

            var answer = await response.Content.ReadAsByteArrayAsync(ct);
            var key = SubjectPublicKeyInfo.Decode(Convert.FromBase64String(address.PublicKey));
            if (!response.Headers.TryGetValues(SignatureHeader, out var values) || !key.Verify(AlgorithmIdentifier.Sm2WithSm3, answer, Convert.FromBase64String(values.First())))
            {
                return Unavailable("the answer is not signed by the source");
            }

            var reply = JsonSerializer.Deserialize<SourceReply>(answer, ContractJson.Options)!;
            return reply.Nonce != asked.Nonce || reply.What.Length > 500 ? Unavailable("the answer is to another question") : (reply.Outcome, reply.Simulated, reply.What);
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or FormatException or PkiException || (fault is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return Unavailable(fault.GetType().Name);
        }
    }

    private static (SourceOutcome, bool, string) Unavailable(string why) => (SourceOutcome.Unavailable, false, $"数据源不可用（{why}），请人工核验。 The source is unavailable: check by hand.");
}
