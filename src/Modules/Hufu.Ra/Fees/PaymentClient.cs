using System.Net.Http.Headers;
using System.Text.Json;
using Hufu.Contracts;
using Hufu.Hosting;
using Hufu.Pki;
using Hufu.Ra.Sources;

namespace Hufu.Ra.Fees;

/// <summary>The one HTTP adapter to a payment gateway: signed both ways, like the third-party sources. Whatever goes wrong is Unavailable: no payment is taken in and no refund called done.</summary>
internal sealed class PaymentClient(ISigner signer, SourceAddress address)
{
    private const int AnswerLimit = 64 * 1024;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = AnswerLimit,
    };

    public async Task<PaymentReply> AskAsync(PaymentRequest asked, CancellationToken ct)
    {
        try
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(asked, ContractJson.Options);
            using var request = new HttpRequestMessage(HttpMethod.Post, address.Url) { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add(SourceClient.SignatureHeader, Convert.ToBase64String(signer.Sign(body)));
            using var response = await Http.SendAsync(request, ct);
            if (!response.IsSuccessStatusCode)
            {
                return Unavailable(asked, $"HTTP {(int)response.StatusCode}");
            }

            var answer = await response.Content.ReadAsByteArrayAsync(ct);
            var key = SubjectPublicKeyInfo.Decode(Convert.FromBase64String(address.PublicKey));
            if (!response.Headers.TryGetValues(SourceClient.SignatureHeader, out var values) || !key.Verify(AlgorithmIdentifier.Sm2WithSm3, answer, Convert.FromBase64String(values.First())))
            {
                return Unavailable(asked, "the answer is not signed by the gateway");
            }

            var reply = JsonSerializer.Deserialize<PaymentReply>(answer, ContractJson.Options)!;
            return reply.Nonce != asked.Nonce || reply.Order != asked.Order || reply.What.Length > 500 || reply.Reference?.Length > 100 || reply.PayAt is { } page && page.Scheme is not ("https" or "http")
                ? Unavailable(asked, "the answer is to another question")
                : reply;
        }
        catch (Exception fault) when (fault is HttpRequestException or JsonException or FormatException or PkiException || (fault is TaskCanceledException && !ct.IsCancellationRequested))
        {
            return Unavailable(asked, fault.GetType().Name);
        }
    }

    private static PaymentReply Unavailable(PaymentRequest asked, string why) => new(asked.Nonce, asked.Order, PaymentOutcome.Unavailable, 0, null, null, false, why);
}

/// <summary>Plays a payment gateway for tests and demonstrations, and says so in every answer: what is opened is paid when it is asked about, and given back when that is asked.</summary>
internal static class PaymentSimulator
{
    public static PaymentReply Answer(PaymentRequest asked) => new(
        asked.Nonce, asked.Order, asked.Ask switch { PaymentAsk.Open => PaymentOutcome.Open, PaymentAsk.Query => PaymentOutcome.Paid, _ => PaymentOutcome.Refunded }, asked.Amount, "SIM-" + asked.Order, null, Simulated: true,
        "【模拟支付，未发生真实资金往来】Simulated: no money has moved.");
}
