using System.Net;
using System.Net.Http.Headers;
using Hufu.Contracts;

namespace Hufu.Messaging;

/// <summary>Between machines: <c>POST {address}/inbox/{room}</c> with the sealed bytes; the answer is the sealed answer. TLS and its names are the client's matter.</summary>
/// <param name="client">Its timeout bounds one delivery.</param>
public sealed class HttpTransport(HttpClient client) : ITransport
{
    /// <inheritdoc/>
    public async Task<byte[]> SendAsync(Peer peer, ReadOnlyMemory<byte> sealedMessage, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(peer);
        Uri address = peer.Address ?? throw new TransportException($"The room '{peer.Name}' has no address.");
        using ReadOnlyMemoryContent content = new(sealedMessage);
        content.Headers.ContentType = new MediaTypeHeaderValue(SealedMessage.MediaType);
        using HttpRequestMessage request = new(HttpMethod.Post, InboxOf(address, peer.Name)) { Content = content };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentType?.MediaType != SealedMessage.MediaType)
            {
                throw new TransportException($"'{peer.Name}' answered with HTTP {(int)response.StatusCode} instead of a sealed answer.", Meaning(response.StatusCode));
            }

            return await ReadAsync(response.Content, peer, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new TransportException($"'{peer.Name}' was not reached at {address}: {e.Message}", inner: e);
        }
    }

    private static Uri InboxOf(Uri address, string room) => new($"{address.AbsoluteUri.TrimEnd('/')}/inbox/{room}");

    private static RefusalCode? Meaning(HttpStatusCode status) => status switch
    {
        HttpStatusCode.Forbidden => RefusalCode.MessageNotAuthentic,
        HttpStatusCode.RequestEntityTooLarge => RefusalCode.TooLarge,
        HttpStatusCode.TooManyRequests => RefusalCode.TooManyRequests,
        _ => null,
    };

    private static async Task<byte[]> ReadAsync(HttpContent content, Peer peer, CancellationToken ct)
    {
        using Stream body = await content.ReadAsStreamAsync(ct).ConfigureAwait(false);
        using MemoryStream answer = new();
        byte[] buffer = new byte[64 << 10];
        int read;
        while ((read = await body.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            if (answer.Length + read > SealedMessage.MaxSize)
            {
                throw new TransportException($"The answer of '{peer.Name}' is larger than {SealedMessage.MaxSize} bytes.");
            }

            answer.Write(buffer, 0, read);
        }

        return answer.ToArray();
    }
}
