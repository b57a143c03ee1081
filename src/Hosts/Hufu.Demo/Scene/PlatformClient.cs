using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Demo.Scene;

/// <summary>Speaks to the platform over HTTP, as any client would.</summary>
internal sealed class PlatformClient(Uri platform, TimeProvider clock) : IDisposable
{
    private readonly HttpClient http = new() { BaseAddress = platform, Timeout = TimeSpan.FromSeconds(30) };

    /// <summary>The platform's clock as this machine knows it.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Reads JSON.</summary>
    public async Task<T> GetAsync<T>(string path, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        Authorize(request, bearer);
        return await SendAsync<T>(request);
    }

    /// <summary>Reads bytes.</summary>
    public async Task<byte[]> GetBytesAsync(string path)
    {
        using var response = await http.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));
        await ThrowIfRefusedAsync(response);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Posts JSON, reads JSON.</summary>
    public async Task<T> PostAsync<T>(string path, object body, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body, body.GetType(), options: ContractJson.Options) };
        Authorize(request, bearer);
        return await SendAsync<T>(request);
    }

    /// <summary>Posts bytes of a media type, reads bytes (OCSP, time stamps).</summary>
    public async Task<byte[]> PostBytesAsync(string path, byte[] body, string mediaType)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using var response = await http.PostAsync(new Uri(path, UriKind.RelativeOrAbsolute), content);
        await ThrowIfRefusedAsync(response);
        return await response.Content.ReadAsByteArrayAsync();
    }

    /// <summary>Puts a file.</summary>
    public async Task<T> PutFileAsync<T>(string path, byte[] file, string bearer)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path) { Content = new ByteArrayContent(file) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        Authorize(request, bearer);
        return await SendAsync<T>(request);
    }

    /// <summary>Does an act: the payload's exact bytes are what the person's statement speaks of.</summary>
    public Task<T> ActAsync<T>(Person person, string room, string path, string act, string @object, string state, object payload) =>
        PostAsync<T>(path, Request(person, room, act, @object, state, payload));

    /// <summary>The same for an act that is answered with a file.</summary>
    public async Task<byte[]> ActForBytesAsync(Person person, string room, string path, string act, string @object, string state, object payload)
    {
        using var response = await http.PostAsJsonAsync(new Uri(path, UriKind.Relative), Request(person, room, act, @object, state, payload), ContractJson.Options);
        await ThrowIfRefusedAsync(response);
        return await response.Content.ReadAsByteArrayAsync();
    }

    private ActRequest Request(Person person, string room, string act, string @object, string state, object payload)
    {
        var text = JsonSerializer.Serialize(payload, payload.GetType(), ContractJson.Options);
        var statement = ActStatement.Create(room, act, @object, state, Encoding.UTF8.GetBytes(text), person.Certificate.RawData.Span, clock.GetUtcNow());
        using var document = JsonDocument.Parse(text);
        return new ActRequest(person.Sign(statement), document.RootElement.Clone());
    }

    /// <inheritdoc />
    public void Dispose() => http.Dispose();

    private static void Authorize(HttpRequestMessage request, string? bearer)
    {
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }
    }

    private static async Task ThrowIfRefusedAsync(HttpResponseMessage response)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync();
        try
        {
            using var problem = JsonDocument.Parse(text);
            var code = problem.RootElement.GetProperty("code").GetString() ?? "fault";
            var title = problem.RootElement.GetProperty("title").GetString();
            var detail = problem.RootElement.TryGetProperty("detail", out var found) ? found.GetString() : null;
            throw new PlatformRefusal((int)response.StatusCode, code, $"{title} {detail}".Trim());
        }
        catch (Exception unreadable) when (unreadable is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new PlatformRefusal((int)response.StatusCode, "fault", $"HTTP {(int)response.StatusCode} {text[..Math.Min(text.Length, 300)]}");
        }
    }

    private async Task<T> SendAsync<T>(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        await ThrowIfRefusedAsync(response);
        if (typeof(T) == typeof(NoAnswer))
        {
            return (T)(object)default(NoAnswer);
        }

        return await response.Content.ReadFromJsonAsync<T>(ContractJson.Options) ?? throw new InvalidDataException($"{request.RequestUri} answered nothing.");
    }
}

/// <summary>For calls that answer nothing (204).</summary>
internal readonly record struct NoAnswer;
