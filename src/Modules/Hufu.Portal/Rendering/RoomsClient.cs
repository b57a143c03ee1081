using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Portal.Rendering;

/// <summary>Asks the rooms over their REST doors, as anybody would: the portal has no rights of its own.</summary>
internal sealed class RoomsClient(Uri platform) : IDisposable
{
    private const int AnswerLimit = 16 * 1024 * 1024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = platform, Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = AnswerLimit };

    /// <summary>Asks; the answer or what was refused.</summary>
    /// <typeparam name="T">The contract's record.</typeparam>
    public async Task<Answer<T>> AskAsync<T>(HttpMethod method, string path, object? body, string? bearer, string? cookie, CancellationToken ct)
        where T : class
    {
        var answer = await SendAsync(method, path, body is null ? null : JsonContent.Create(body, body.GetType(), options: ContractJson.Options), bearer, cookie, ct).ConfigureAwait(false);
        if (answer.Problem is not null)
        {
            return new Answer<T>(null, answer.Problem);
        }

        try
        {
            return new Answer<T>(JsonSerializer.Deserialize<T>(answer.Value!, ContractJson.Options), null);
        }
        catch (JsonException)
        {
            return new Answer<T>(null, Problem.Silent);
        }
    }

    public Task<Answer<T>> GetAsync<T>(string path, CancellationToken ct)
        where T : class => AskAsync<T>(HttpMethod.Get, path, null, null, null, ct);

    /// <summary>Sends any content; the bytes of the answer or what was refused.</summary>
    public async Task<Answer<byte[]>> SendAsync(HttpMethod method, string path, HttpContent? content, string? bearer, string? cookie, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }

        if (cookie is not null)
        {
            request.Headers.TryAddWithoutValidation("Cookie", cookie);
        }

        try
        {
            using var response = await _http.SendAsync(request, ct).ConfigureAwait(false);
            var bytes = await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false);
            return response.IsSuccessStatusCode ? new Answer<byte[]>(bytes, null) : new Answer<byte[]>(null, Problem.Read(bytes));
        }
        catch (HttpRequestException)
        {
            return new Answer<byte[]>(null, Problem.Silent);
        }
        catch (TaskCanceledException) when (!ct.IsCancellationRequested)
        {
            return new Answer<byte[]>(null, Problem.Silent);
        }
    }

    public void Dispose() => _http.Dispose();
}

/// <summary>Either what was asked for or why not.</summary>
internal sealed record Answer<T>(T? Value, Problem? Problem)
    where T : class;
