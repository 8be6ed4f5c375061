# Makes network-broker@.service of network-broker.service: the same in the network namespace NAME of ip-netns(8), with files of
# its own. One that is not there yet is tried again; with one that is deleted the service stops, which would keep it and its links.
s/^Description=.*/& in network namespace %i/
s#^\(ExecStart\|ExecReload\)=[^ ]*#& --namespace %i#
s/^\(RuntimeDirectory\|StateDirectory\)=.*/&@%i/
/^Documentation=/a\
StopPropagatedFrom=run-netns-%i.mount
/^\[Service\]/a\
# What the host's services know is of other links with the same numbers.\
TemporaryFileSystem=/run/udev:ro /run/systemd/netif:ro\
NetworkNamespacePath=/run/netns/%i\
# Not below a slice of its template, for the place of its cgroup, see ReadWritePaths=.\
Slice=system.slice
