using Hufu.Devices;
using Hufu.Hosting;

namespace Hufu.Kmc.Stores;

/// <summary>The device that makes and keeps the pairs: the room's own, or one behind the C interface of GM/T 0018, opened on first use.</summary>
internal sealed class PairDevice(RoomContext context, SdfOptions? sdf) : IDisposable
{
    private readonly Lazy<SdfEscrowDevice>? _sdf = sdf is null ? null : new(() => SdfEscrowDevice.Open(sdf, label => context.Identity.Device.GetSigner(label)));

    /// <summary>The device.</summary>
    /// <exception cref="DeviceException">It cannot be opened.</exception>
    public IEscrowDevice Get() => _sdf?.Value ?? (IEscrowDevice)context.Identity.Device;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_sdf is { IsValueCreated: true })
        {
            _sdf.Value.Dispose();
        }
    }
}
