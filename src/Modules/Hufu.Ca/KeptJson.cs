using System.Text.Json;
using Hufu.Contracts;

namespace Hufu.Ca;

/// <summary>Contracts as this room keeps them for itself: the same JSON as on the doors.</summary>
internal static class KeptJson
{
    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, ContractJson.Options);

    public static T Read<T>(byte[] bytes)
        where T : class => JsonSerializer.Deserialize<T>(bytes, ContractJson.Options) ?? throw new InvalidOperationException($"A kept {typeof(T).Name} is empty.");
}
