using System.Text;
using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Governance;

/// <summary>The payload of an act request: its exact bytes and what they say.</summary>
public static class ActRequestPayload
{
    /// <summary>The exact UTF-8 bytes over which the statement's payload digest goes.</summary>
    /// <exception cref="RefusedException">Malformed: there is no payload, or it is no UTF-8.</exception>
    public static byte[] PayloadBytes(this ActRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            return Encoding.UTF8.GetBytes(request.Payload.GetRawText());
        }
        catch (InvalidOperationException)
        {
            throw new RefusedException(RefusalCode.Malformed, "There is no payload, or it is no UTF-8.", "payload");
        }
    }

    // No contract's list has places without anything; the reader of JSON would take null for one, and what comes after would stumble over it.
    private static void DemandNoHoles(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var one in element.EnumerateArray())
                {
                    if (one.ValueKind == JsonValueKind.Null)
                    {
                        throw new RefusedException(RefusalCode.Malformed, "A list in the payload holds null.", "payload");
                    }

                    DemandNoHoles(one);
                }

                break;
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    DemandNoHoles(property.Value);
                }

                break;
        }
    }

    /// <summary>The payload as its contract.</summary>
    /// <exception cref="RefusedException">Malformed: not such a payload.</exception>
    public static T Payload<T>(this ActRequest request)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            DemandNoHoles(request.Payload);
            return request.Payload.Deserialize<T>(ContractJson.Options) ?? throw new RefusedException(RefusalCode.Malformed, "The payload is null.", "payload");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new RefusedException(RefusalCode.Malformed, $"The payload is no {typeof(T).Name}: {(exception as JsonException)?.Path}", "payload");
        }
    }
}
