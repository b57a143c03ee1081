using System.Text.Json;
using System.Text.Json.Serialization;
using Hufu.Contracts;

namespace Hufu.Ca;

/// <summary>Contracts as this room keeps them for itself: as on the doors, but with what is null written out, because what is kept here is read back here.</summary>
internal static class KeptJson
{
    private static readonly JsonSerializerOptions Options = new(ContractJson.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.Never };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(byte[] bytes)
        where T : class => JsonSerializer.Deserialize<T>(bytes, Options) ?? throw new InvalidOperationException($"A kept {typeof(T).Name} is empty.");
}
