using System.Net.Http.Headers;
using System.Numerics;
using Hufu.Crypto;
using Hufu.Pki;

namespace Hufu.Hosting;

/// <summary>Asks a time-stamping authority over HTTP (RFC 3161 3.4).</summary>
internal static class TimeStampClient
{
    private const int AnswerLimit = 64 * 1024;
    private static readonly HttpClient Http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = TimeSpan.FromSeconds(20), MaxResponseContentBufferSize = AnswerLimit };

    /// <summary>A granted answer over data that holds; null when none could be had, with why.</summary>
    public static async Task<(TimeStampResponse? Answer, string Why)> AskAsync(Uri address, byte[] data, CancellationToken ct)
    {
        var request = TimeStampRequest.Create(MessageImprint.OfData(data), new BigInteger(SecureRandom.GetBytes(16), isUnsigned: true), certificateRequested: true);
        try
        {
            using var body = new ByteArrayContent(request.Encode());
            body.Headers.ContentType = new MediaTypeHeaderValue("application/timestamp-query");
            using var response = await Http.PostAsync(address, body, ct).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return (null, $"{(int)response.StatusCode}");
            }

            var answer = TimeStampResponse.Decode(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
            return answer.Token is { } token && token.Verify(request, []) == TimeStampVerdict.Valid ? (answer, "") : (null, answer.Text ?? "The answer holds no time stamp that verifies.");
        }
        catch (Exception fault) when (fault is HttpRequestException or PkiException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            return (null, fault.Message);
        }
    }
}
