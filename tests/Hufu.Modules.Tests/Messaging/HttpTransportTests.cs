using Hufu.Contracts;
using Hufu.Messaging;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Hufu.Modules.Tests.Messaging;

/// <summary>The same bytes over HTTP.</summary>
public sealed class HttpTransportTests : MessagingTest
{
    private static async Task<WebApplication> ServeAsync(RequestDelegate inbox)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        WebApplication app = builder.Build();
        app.MapPost("/inbox/ca", inbox);
        await app.StartAsync(Ct);
        return app;
    }

    private static async Task<byte[]> BodyAsync(HttpContext http)
    {
        using MemoryStream body = new();
        await http.Request.Body.CopyToAsync(body, Ct);
        return body.ToArray();
    }

    private Peer At(WebApplication app) => new(Rooms.Ca, Ca.Identity.SigningCertificate!, Ca.Identity.EncryptionCertificate, new Uri(app.Urls.Single()));

    [Fact]
    public async Task A_sealed_order_goes_over_http_and_its_sealed_answer_comes_back()
    {
        Ca.Post.Handle<RevokePair, PairRevoked>((order, ct) => Ca.Database.WriteAsync(s => order.Reply(s, new PairRevoked([order.Body.Serial], order.SentAt)), ct));
        string? type = null;
        await using WebApplication app = await ServeAsync(async http =>
        {
            type = http.Request.ContentType;
            http.Response.ContentType = SealedMessage.MediaType;
            await http.Response.BodyWriter.WriteAsync(await Ca.Post.ReceiveAsync(await BodyAsync(http), http.RequestAborted));
        });
        using HttpClient client = new();
        HttpTransport transport = new(client);
        Network.Interfere = (_, message, _) => transport.SendAsync(At(app), message, Ct);
        PairRevoked reply = await Ra.Post.AskAsync(Rooms.Ca, new RevokePair("0a", RevocationReason.Superseded, "ra", Clock.GetUtcNow()), ct: Ct);
        Assert.Equal(["0a"], reply.Serials);
        Assert.Equal(SealedMessage.MediaType, type);
    }

    [Theory]
    [InlineData(403, RefusalCode.MessageNotAuthentic)]
    [InlineData(413, RefusalCode.TooLarge)]
    [InlineData(429, RefusalCode.TooManyRequests)]
    [InlineData(500, null)]
    [InlineData(200, null)] // but not sealed bytes
    public async Task Another_answer_than_sealed_bytes_is_a_failure_of_transport(int status, RefusalCode? code)
    {
        await using WebApplication app = await ServeAsync(async http =>
        {
            http.Response.StatusCode = status;
            http.Response.ContentType = "application/problem+json";
            await http.Response.WriteAsync("{}", Ct);
        });
        using HttpClient client = new();
        TransportException e = await Assert.ThrowsAsync<TransportException>(() => new HttpTransport(client).SendAsync(At(app), new byte[10], Ct));
        Assert.Equal(code, e.Refusal);
    }

    [Fact]
    public async Task A_room_that_does_not_answer_or_is_not_there_is_not_reached()
    {
        WebApplication app = await ServeAsync(async http => await Task.Delay(Timeout.Infinite, http.RequestAborted));
        using HttpClient client = new() { Timeout = TimeSpan.FromMilliseconds(100) };
        Peer peer = At(app);
        TransportException e = await Assert.ThrowsAsync<TransportException>(() => new HttpTransport(client).SendAsync(peer, new byte[10], Ct));
        Assert.Null(e.Refusal);
        await app.StopAsync(new CancellationToken(canceled: true));
        await app.DisposeAsync();
        e = await Assert.ThrowsAsync<TransportException>(() => new HttpTransport(client).SendAsync(peer, new byte[10], Ct));
        Assert.Null(e.Refusal);
    }

    [Fact]
    public async Task An_answer_without_end_is_cut_off()
    {
        await using WebApplication app = await ServeAsync(async http =>
        {
            http.Response.ContentType = SealedMessage.MediaType;
            byte[] block = new byte[1 << 20];
            while (!http.RequestAborted.IsCancellationRequested)
            {
                await http.Response.BodyWriter.WriteAsync(block, http.RequestAborted);
            }
        });
        using HttpClient client = new();
        TransportException e = await Assert.ThrowsAsync<TransportException>(() => new HttpTransport(client).SendAsync(At(app), new byte[10], Ct));
        Assert.Contains("larger", e.Message, StringComparison.Ordinal);
    }
}
