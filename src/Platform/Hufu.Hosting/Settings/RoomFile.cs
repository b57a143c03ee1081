using System.Text.Json;
using System.Text.Json.Serialization;

namespace Hufu.Hosting;

/// <summary>A file of settings in a room's folder, such as <c>ra.json</c>: JSON with comments, at most 64 KiB, in which an unknown name stops the start.</summary>
public static class RoomFile
{
    private const long Largest = 64 * 1024;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        NumberHandling = JsonNumberHandling.Strict,
        ReadCommentHandling = JsonCommentHandling.Skip,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    /// <summary>Reads it.</summary>
    /// <typeparam name="T">Its shape; names in camel case.</typeparam>
    /// <param name="path">The file.</param>
    /// <returns>What it says; null when it is not there.</returns>
    /// <exception cref="InvalidDataException">It is not as it should be; the message says where.</exception>
    public static T? Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
        {
            return null;
        }

        if (new FileInfo(path).Length > Largest)
        {
            throw new InvalidDataException($"{path} has more than {Largest} bytes.");
        }

        try
        {
            return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), Format) ?? throw new InvalidDataException($"{path} holds null.");
        }
        catch (JsonException wrong)
        {
            throw new InvalidDataException($"{path}: {wrong.Message}", wrong);
        }
    }
}
