using Hufu.Contracts;

namespace Hufu.Ca;

/// <summary>The certification authority (证书认证系统).</summary>
public sealed class CaModule
{
    /// <summary>The room's name.</summary>
    public static string RoomName => Rooms.Ca;
}
